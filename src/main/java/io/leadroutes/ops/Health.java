package io.leadroutes.ops;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** One question of {@code /observe/health}: up unless asking it throws, or takes longer than two seconds. */
public final class Health extends AbstractHealthCheck {
    private static final long PATIENCE_SECONDS = 2;

    private final boolean liveness;
    private final boolean isNews;
    private final Supplier<String> question;

    /** Asked once at a time: a database that hangs gets no second question while it owes the first answer. */
    private CompletableFuture<String> asked = CompletableFuture.completedFuture("");

    private Health(String id, boolean liveness, boolean isNews, Supplier<String> question) {
        super("leadroutes", id);
        this.liveness = liveness;
        this.isNews = isNews;
        this.question = question;
    }

    /**
     * A check that, when it is down, says that the process should be restarted.
     *
     * @param question answers with nothing if all is well, else with what is wrong
     */
    public static Health live(String id, Supplier<String> question) {
        return new Health(id, true, false, question);
    }

    /** A check that, when it is down, says that no webhooks should be sent here. */
    public static Health ready(String id, Supplier<String> question) {
        return new Health(id, false, false, question);
    }

    /** A check that is up and tells in its message what is wrong, which hinders nobody. */
    public static Health news(String id, Supplier<String> question) {
        return new Health(id, false, true, question);
    }

    @Override
    public boolean isLiveness() {
        return liveness;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String wrong = answer();
        if (wrong.isEmpty()) {
            builder.up();
        } else if (isNews) {
            builder.message(wrong).up();
        } else {
            builder.message(wrong).down();
        }
    }

    private synchronized String answer() {
        if (asked.isDone()) {
            asked = CompletableFuture.supplyAsync(question, Health::inThreadOfItsOwn);
        }
        try {
            return asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "no answer for " + PATIENCE_SECONDS + " s";
        } catch (ExecutionException e) {
            return e.getCause().getClass().getSimpleName();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static void inThreadOfItsOwn(Runnable asking) {
        Thread thread = new Thread(asking, "health");
        thread.setDaemon(true);
        thread.start();
    }
}
