package io.leadroutes.ops;

import io.leadroutes.store.Failures;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * One question of {@code /observe/health}: up unless asking it tells a problem, throws, or takes longer than two seconds. A
 * problem is told with its time: {@code since 2026-09-01T10:00:00Z: the database does not answer}.
 */
public final class Health extends AbstractHealthCheck {
    private static final long PATIENCE_MS = 2_000;

    /** Whoever probes waits no longer for what hinders nobody: probes are given a second in all. */
    private static final long PATIENCE_FOR_NEWS_MS = 200;

    /**
     * What is wrong.
     *
     * @param since when, if that is known; else since it was first told here
     */
    public record Problem(String what, Optional<Instant> since) {
        public static Problem of(String what) {
            return new Problem(what, Optional.empty());
        }

        public static Problem since(Instant since, String what) {
            return new Problem(what, Optional.of(since));
        }

        /** What is wrong, and the kind of the failure, if this fails. */
        public static Optional<Problem> ifFails(Runnable trial, String what) {
            try {
                trial.run();
                return Optional.empty();
            } catch (RuntimeException e) {
                return Optional.of(of(what + " (" + Failures.kind(e) + ")"));
            }
        }
    }

    private enum Kind {
        LIVE,
        READY,
        NEWS
    }

    private final Kind kind;
    private final Supplier<Optional<Problem>> question;
    private final Clock clock;

    /** Asked once at a time: a database that hangs gets no second question while it owes the first answer. */
    private CompletableFuture<Optional<Problem>> asked = CompletableFuture.completedFuture(Optional.empty());

    private long askedNanos;
    private Optional<Problem> told = Optional.empty();
    private Optional<Instant> toldSince = Optional.empty();

    private Health(String id, Kind kind, Supplier<Optional<Problem>> question, Clock clock) {
        super("leadroutes", id);
        this.kind = kind;
        this.question = question;
        this.clock = clock;
    }

    /** A check that, when it is down, says that the process should be restarted. */
    public static Health live(String id, Supplier<Optional<Problem>> question, Clock clock) {
        return new Health(id, Kind.LIVE, question, clock);
    }

    /** A check that, when it is down, says that no webhooks should be sent here. */
    public static Health ready(String id, Supplier<Optional<Problem>> question, Clock clock) {
        return new Health(id, Kind.READY, question, clock);
    }

    /** A check that is up and tells in its message what is wrong, which hinders nobody. */
    public static Health news(String id, Supplier<Optional<Problem>> question, Clock clock) {
        return new Health(id, Kind.NEWS, question, clock);
    }

    @Override
    public boolean isLiveness() {
        return kind == Kind.LIVE;
    }

    @Override
    protected synchronized void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        ask();
        if (told.isEmpty()) {
            toldSince = Optional.empty();
            builder.up();
            return;
        }
        toldSince = toldSince.or(() -> Optional.of(clock.instant()));
        Instant since = told.get().since().or(() -> toldSince).get();
        builder.message("since " + since + ": " + told.get().what());
        if (kind == Kind.NEWS) {
            builder.up();
        } else {
            builder.down();
        }
    }

    private void ask() {
        if (asked.isDone()) {
            told = answer(0);
            askedNanos = System.nanoTime();
            asked = CompletableFuture.supplyAsync(question, Health::inThreadOfItsOwn);
        }
        told = answer(kind == Kind.NEWS ? PATIENCE_FOR_NEWS_MS : PATIENCE_MS);
    }

    private Optional<Problem> answer(long patienceMs) {
        try {
            return asked.get(patienceMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            boolean isOverdue = System.nanoTime() - askedNanos >= TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
            return isOverdue
                    ? Optional.of(Problem.of("no answer for " + TimeUnit.MILLISECONDS.toSeconds(PATIENCE_MS) + " s"))
                    : told;
        } catch (ExecutionException e) {
            return Optional.of(Problem.of(e.getCause().getClass().getSimpleName()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(Problem.of("interrupted"));
        }
    }

    private static void inThreadOfItsOwn(Runnable asking) {
        Thread thread = new Thread(asking, "health");
        thread.setDaemon(true);
        thread.start();
    }
}
