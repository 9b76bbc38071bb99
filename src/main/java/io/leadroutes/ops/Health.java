package io.leadroutes.ops;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** One question of {@code /observe/health}: up unless asking it throws. */
public final class Health extends AbstractHealthCheck {
    private final boolean liveness;
    private final Supplier<String> question;

    private Health(String id, boolean liveness, Supplier<String> question) {
        super("leadroutes", id);
        this.liveness = liveness;
        this.question = question;
    }

    /**
     * A check that, when it is down, says that the process should be restarted.
     *
     * @param question answers with nothing if all is well, else with what is wrong
     */
    public static Health live(String id, Supplier<String> question) {
        return new Health(id, true, question);
    }

    /** A check that, when it is down, says that no webhooks should be sent here. */
    public static Health ready(String id, Supplier<String> question) {
        return new Health(id, false, question);
    }

    @Override
    public boolean isLiveness() {
        return liveness;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        try {
            String wrong = question.get();
            if (wrong.isEmpty()) {
                builder.up();
            } else {
                builder.message(wrong).down();
            }
        } catch (RuntimeException e) {
            builder.message(e.getClass().getSimpleName()).down();
        }
    }
}
