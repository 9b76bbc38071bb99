package io.leadroutes.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures the product; see README, section Sizing. The first argument says what, the rest go to it. */
public final class Bench {
    private static final String ALL = "all";

    private Bench() {}

    private interface Topic {
        void run(List<String> args) throws Exception;
    }

    private static Map<String, Topic> topics() {
        Map<String, Topic> topics = new LinkedHashMap<>();
        topics.put("start", StartBench::run);
        topics.put("intake", IntakeBench::run);
        topics.put("overload", IntakeBench::overload);
        topics.put("broker", BrokerBench::run);
        topics.put("decisions", DecisionsBench::run);
        topics.put("replicas", DecisionsBench::replicas);
        topics.put("drain", DrainBench::run);
        topics.put("latency", LatencyBench::run);
        topics.put("growth", GrowthBench::run);
        topics.put("calls", CallsBench::run);
        topics.put("matcher", MatcherBench::run);
        topics.put("page", PageBench::run);
        topics.put("timing", args -> TimingBench.run());
        topics.put("soak", SoakBench::run);
        return topics;
    }

    public static void main(String[] args) throws Exception {
        List<String> rest = Arrays.asList(args).subList(Math.min(1, args.length), args.length);
        String what = args.length == 0 ? "" : args[0];
        Map<String, Topic> topics = topics();
        if (what.equals(ALL)) {
            for (Map.Entry<String, Topic> topic : topics.entrySet()) {
                Report.tell("%n== %s", topic.getKey());
                topic.getValue().run(List.of());
            }
        } else if (topics.containsKey(what)) {
            topics.get(what).run(rest);
        } else {
            throw new IllegalArgumentException("bench is " + Arrays.toString(args) + "; expected " + ALL + " or one of "
                    + String.join(", ", topics.keySet()));
        }
        System.exit(0);
    }
}
