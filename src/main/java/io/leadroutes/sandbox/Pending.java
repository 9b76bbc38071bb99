package io.leadroutes.sandbox;

import java.time.Duration;
import java.util.concurrent.Executor;

/** Counts work that was handed to other threads, so that a test can wait until none is left. */
final class Pending {
    private int count;

    /** Runs the task on the executor; it counts as pending until it ends, however it ends. */
    void run(Executor executor, Runnable task) {
        add(1);
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } finally {
                    add(-1);
                }
            });
        } catch (RuntimeException e) {
            add(-1);
            throw e;
        }
    }

    private synchronized void add(int delta) {
        count += delta;
        notifyAll();
    }

    synchronized boolean isNone() {
        return count == 0;
    }

    /** Returns when nothing is pending; throws IllegalStateException when the time is over before that. */
    synchronized void await(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (count > 0) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new IllegalStateException(
                        "sandbox: " + count + " webhook deliveries or jobs still pending after " + atMost);
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("sandbox: interrupted while waiting for pending work", e);
            }
        }
    }
}
