package io.leadroutes.intake;

import io.leadroutes.store.Failures;
import io.leadroutes.store.NewEvent;
import io.leadroutes.store.StoreBrokenException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit: the webhooks that wait share one transaction and one fsync (invariant 1).
 *
 * <p>One thread writes. A group that could not be stored is refused and the next one is tried. A store that can no longer
 * be believed and an {@link Error} end the writer: from then on everything is refused, and {@link #problem()} tells.
 */
public final class InboxWriter implements AutoCloseable {
    /** Chatwoot gives up after 5 s and never sends again: an answer has to come long before, within a second. */
    static final long ANSWER_WITHIN_MS = 800;

    /** Characters of payload that wait: a thousand small webhooks, or a few of the largest. */
    static final long MAX_WAITING_CHARS = 16L << 20;

    private static final int MAX_WAITING = 1_000;
    private static final int MAX_GROUP = 256;
    private static final Logger LOG = LoggerFactory.getLogger(InboxWriter.class);

    private static final class Waiting {
        private final List<NewEvent> events;
        private final CompletableFuture<Void> stored = new CompletableFuture<>();

        Waiting(List<NewEvent> events) {
            this.events = events;
        }
    }

    private final Consumer<List<NewEvent>> inbox;
    private final Executor answers;
    private final Refusals refusals;
    private final Clock clock;
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(MAX_WAITING);
    private final AtomicLong waitingChars = new AtomicLong();
    private final Thread thread = new Thread(this::run, "inbox-writer");
    private boolean isFailing;
    private volatile boolean open = true;
    private volatile Throwable failure;
    private volatile Instant failedAt;

    /** By {@link System#nanoTime()}; 0 while nothing is being written. */
    private volatile long writingSince;

    /**
     * @param inbox returns when all are on disk; throws {@link StoreBrokenException} if it must not be asked again
     * @param answers who goes on with what is stored
     * @param refusals told by this thread when the store can take them
     */
    public InboxWriter(Consumer<List<NewEvent>> inbox, Executor answers, Refusals refusals, Clock clock) {
        this.inbox = inbox;
        this.answers = answers;
        this.refusals = refusals;
        this.clock = clock;
        thread.start();
    }

    /**
     * Has the event written with all others that wait.
     *
     * @param withinMs what is left of {@link #ANSWER_WITHIN_MS}
     * @return completes when the event is on disk; fails with {@link NotStoredException} if it is not known to be by then:
     *     the sender must be told so
     */
    public CompletionStage<Void> store(NewEvent event, long withinMs) {
        return store(List.of(event), withinMs);
    }

    /** The same for some that are written together, in their order: all of them or none. */
    CompletionStage<Void> store(List<NewEvent> events, long withinMs) {
        if (!open || !isAlive()) {
            return notStored("the inbox takes nothing until a restart");
        }
        if (isStuck()) {
            return notStored("the inbox is not written in time");
        }
        Waiting waiting = new Waiting(events);
        long chars =
                events.stream().mapToLong(event -> event.payload().length()).sum();
        long before = waitingChars.getAndAdd(chars);
        // However large, what waits alone has its turn.
        if (before > 0 && before + chars > MAX_WAITING_CHARS || !queue.offer(waiting)) {
            waitingChars.addAndGet(-chars);
            return notStored("too much waits for the inbox");
        }
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        waiting.stored.orTimeout(withinMs, TimeUnit.MILLISECONDS).whenComplete((stored, failure) -> {
            waitingChars.addAndGet(-chars);
            if (failure == null) {
                outcome.complete(null);
            } else if (failure instanceof TimeoutException) {
                // Nobody waits for it any more, so it must not stay in memory.
                queue.remove(waiting);
                outcome.completeExceptionally(new NotStoredException("the inbox is not written in time"));
            } else {
                outcome.completeExceptionally(new NotStoredException("the inbox could not be written"));
            }
        });
        return outcome;
    }

    private static CompletionStage<Void> notStored(String reason) {
        return CompletableFuture.failedFuture(new NotStoredException(reason));
    }

    /** What is wrong that only a restart mends; absent if nothing is. */
    public Optional<String> problem() {
        if (isAlive()) {
            return Optional.empty();
        }
        Throwable cause = failure;
        return Optional.of("webhooks are refused until a restart: the inbox writer ended"
                + (cause == null ? "" : " (" + Failures.kind(cause) + ")"));
    }

    /** When that happened, if it is known. */
    public Optional<Instant> endedAt() {
        return Optional.ofNullable(failedAt);
    }

    /** True if the store has not answered for so long that the requests in hand are refused. */
    public boolean isStuck() {
        long since = writingSince;
        return since != 0 && System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(ANSWER_WITHIN_MS);
    }

    private boolean isAlive() {
        return failure == null && thread.isAlive();
    }

    private void run() {
        try {
            while (open || !queue.isEmpty()) {
                List<Waiting> group = nextGroup();
                writingSince = System.nanoTime() | 1;
                if (!group.isEmpty()) {
                    write(group);
                }
                refusals.tellIfDue();
                writingSince = 0;
            }
        } catch (Throwable e) {
            // First of all, as the rest may fail for want of memory.
            failure = e;
            failedAt = clock.instant();
            LOG.error("the inbox writer has ended; all webhooks are refused until a restart: {}", Failures.kind(e));
        }
    }

    private List<Waiting> nextGroup() throws InterruptedException {
        List<Waiting> group = new ArrayList<>();
        Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
            group.add(first);
            queue.drainTo(group, MAX_GROUP - 1);
        }
        return group;
    }

    private void write(List<Waiting> group) {
        try {
            inbox.accept(
                    group.stream().flatMap(waiting -> waiting.events.stream()).toList());
            // By another thread: the next group need not wait until all of this one have been answered.
            answers.execute(() -> group.forEach(waiting -> waiting.stored.complete(null)));
            isFailing = false;
        } catch (StoreBrokenException | Error e) {
            failure = e;
            refuse(group, e);
            throw e;
        } catch (RuntimeException e) {
            if (!isFailing) {
                LOG.error("webhooks cannot be stored: {}", Failures.kind(e));
            }
            isFailing = true;
            refuse(group, e);
        }
    }

    private static void refuse(List<Waiting> group, Throwable e) {
        group.forEach(waiting -> waiting.stored.completeExceptionally(e));
    }

    /** Stores what waits, then ends. */
    @Override
    public void close() {
        open = false;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
            if (failure == null && !thread.isAlive()) {
                refusals.tell();
            }
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
