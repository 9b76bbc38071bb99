package io.leadroutes.bench;

import java.util.Arrays;
import java.util.List;

/** Measures the product; see README, section Sizing. The first argument says what, the rest go to it. */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws Exception {
        List<String> rest = Arrays.asList(args).subList(Math.min(1, args.length), args.length);
        switch (args.length == 0 ? "" : args[0]) {
            case "intake" -> IntakeBench.run(rest);
            case "broker" -> BrokerBench.run(rest);
            case "overload" -> IntakeBench.overload(rest);
            case "decisions" -> DecisionsBench.run(rest);
            case "drain" -> DrainBench.run(rest);
            case "latency" -> LatencyBench.run(rest);
            case "growth" -> GrowthBench.run(rest);
            case "calls" -> CallsBench.run(rest);
            case "matcher" -> MatcherBench.run(rest);
            case "page" -> PageBench.run(rest);
            case "timing" -> TimingBench.run();
            case "soak" -> SoakBench.run(rest);
            case "start" -> StartBench.run(rest);
            default ->
                throw new IllegalArgumentException("bench is " + Arrays.toString(args)
                        + "; expected intake, broker, overload, decisions, drain, latency, growth, calls, matcher, page,"
                        + " soak, start or timing");
        }
        System.exit(0);
    }
}
