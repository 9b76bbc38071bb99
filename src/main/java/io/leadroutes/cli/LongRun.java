package io.leadroutes.cli;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What may take hours: the progress goes on while the budget is spent, and a signal ends it in order. */
final class LongRun {
    private LongRun() {}

    /** The work, on the calling thread. */
    interface Work {
        void carryOut() throws IOException, InterruptedException;
    }

    /** @param onSignal runs on a thread of its own, and ends the work soon; then the process ends */
    static void carryOut(Work work, BatchProgress progress, Runnable onSignal)
            throws IOException, InterruptedException {
        Thread hook = new Thread(onSignal, "interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
        ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(LongRun::daemon);
        ticks.scheduleAtFixedRate(progress::refresh, 0, 1, TimeUnit.SECONDS);
        try {
            work.carryOut();
        } finally {
            ticks.shutdownNow();
            progress.end();
            forget(hook);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The signal has come, and the thread runs.
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    }
}
