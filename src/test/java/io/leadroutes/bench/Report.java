package io.leadroutes.bench;

import com.sun.management.OperatingSystemMXBean;
import io.leadroutes.sandbox.Call;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;

/** What benches print. */
final class Report {
    private Report() {}

    // The figures are what this is for.
    @SuppressWarnings("SystemOut")
    static void tell(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    static void tellMachine(String what, Object... values) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        tell(
                "%d cores, %d GiB, Java %s, load %.1f; %s",
                Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize() >> 30,
                Runtime.version(),
                system.getSystemLoadAverage(),
                String.format(Locale.ROOT, what, values));
    }

    /** What a call asks for, whichever conversation it is about. */
    static String kind(Call call) {
        return call.method() + " "
                + call.path().replaceAll(".*/accounts/\\d+/", "").replaceAll("\\d+", "#");
    }

    /** Median, lowest and highest. */
    static String spread(List<Double> figures, int digits) {
        List<Double> sorted = figures.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%." + digits + "f (%." + digits + "f-%." + digits + "f)",
                median(figures),
                sorted.get(0),
                sorted.get(sorted.size() - 1));
    }

    static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    static int number(List<String> args, int index, int orElse) {
        return args.size() > index ? Integer.parseInt(args.get(index)) : orElse;
    }
}
