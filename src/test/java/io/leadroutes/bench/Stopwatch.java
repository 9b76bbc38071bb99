package io.leadroutes.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;

/** Processor time of the Java threads; that of the JIT compiler and the collector would hide it in so short a run. */
final class Stopwatch {
    /** @param cpuMicros of each thing */
    record Rate(double perSecond, double cpuMicros) {}

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private final long things;
    private final long startNanos = System.nanoTime();
    private final Map<Long, Long> startCpu = cpuNanos();

    Stopwatch(long things) {
        this.things = things;
    }

    Rate stop() {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long cpu = 0;
        for (Map.Entry<Long, Long> thread : cpuNanos().entrySet()) {
            cpu += thread.getValue() - startCpu.getOrDefault(thread.getKey(), 0L);
        }
        return new Rate(things / seconds, cpu / 1e3 / things);
    }

    private static Map<Long, Long> cpuNanos() {
        Map<Long, Long> nanos = new HashMap<>();
        for (long id : THREADS.getAllThreadIds()) {
            nanos.put(id, Math.max(0, THREADS.getThreadCpuTime(id)));
        }
        return nanos;
    }
}
