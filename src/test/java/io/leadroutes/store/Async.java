package io.leadroutes.store;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Each task on a thread of its own: on two cores Java 25 gives the common pool one thread, for tasks that wait for others. */
final class Async {
    private Async() {}

    static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, Async::start);
    }

    static <T> CompletableFuture<T> supply(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, Async::start);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "test-worker");
        thread.setDaemon(true);
        thread.start();
    }
}
