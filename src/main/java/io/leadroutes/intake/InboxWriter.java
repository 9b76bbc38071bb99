package io.leadroutes.intake;

import io.leadroutes.store.Failures;
import io.leadroutes.store.Inbox;
import io.leadroutes.store.NewEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit: the webhooks that wait share one transaction and one fsync (invariant 1).
 *
 * <p>One thread writes. Whatever befalls a group, its requests are answered and the thread goes on; if the thread should
 * end all the same, {@link #isAlive()} tells, and nothing is acknowledged.
 */
public final class InboxWriter implements AutoCloseable {
    private static final int MAX_WAITING = 1_000;
    private static final int MAX_GROUP = 200;

    /** Chatwoot gives up after 5 s and never sends again: an answer has to come long before. */
    private static final long ANSWER_WITHIN_MS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(InboxWriter.class);

    private record Waiting(NewEvent event, CompletableFuture<Void> stored) {}

    private final Inbox inbox;
    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread thread = new Thread(this::run, "inbox-writer");
    private volatile boolean open = true;

    public InboxWriter(Inbox inbox) {
        this.inbox = inbox;
        thread.start();
    }

    /**
     * Returns when the event is on disk.
     *
     * @throws NotStoredException if it is not known to be within a second; the sender must be told so
     */
    public void store(NewEvent event) throws NotStoredException {
        Waiting waiting = new Waiting(event, new CompletableFuture<>());
        if (!open || !isAlive() || !queue.offer(waiting)) {
            throw new NotStoredException("the inbox takes nothing now");
        }
        try {
            waiting.stored.get(ANSWER_WITHIN_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new NotStoredException("the inbox could not be written");
        } catch (TimeoutException e) {
            throw new NotStoredException("the inbox was not written in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotStoredException("interrupted");
        }
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    private void run() {
        List<Waiting> group = new ArrayList<>();
        while (open || !queue.isEmpty()) {
            try {
                Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                group.add(first);
                queue.drainTo(group, MAX_GROUP - 1);
                inbox.append(group.stream().map(Waiting::event).toList());
                group.forEach(waiting -> waiting.stored.complete(null));
            } catch (InterruptedException e) {
                LOG.error("the inbox writer was interrupted and ends");
                return;
            } catch (RuntimeException e) {
                LOG.error("{} webhooks could not be stored: {}", group.size(), Failures.kind(e));
                group.forEach(waiting -> waiting.stored.completeExceptionally(e));
            } finally {
                group.clear();
            }
        }
    }

    /** Stores what waits, then ends. */
    @Override
    public void close() {
        open = false;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The event is not known to be on disk. */
    public static final class NotStoredException extends Exception {
        private static final long serialVersionUID = 1L;

        NotStoredException(String message) {
            super(message);
        }
    }
}
