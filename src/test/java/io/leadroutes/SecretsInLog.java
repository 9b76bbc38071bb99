package io.leadroutes;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails any test class during which a secret of the tests' product was logged; registered for the whole suite. The
 * console shows errors only, this sees what the product would log.
 */
public final class SecretsInLog implements BeforeAllCallback, AfterAllCallback {
    private static final List<String> CANARIES =
            List.of("test-webhook-secret", "test-webhook-token", "test-admin-token", "SANDBOXpubsub", "SANDBOXtoken");

    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();
    private static boolean installed;

    @Override
    public void beforeAll(ExtensionContext context) {
        install();
    }

    private static synchronized void install() {
        if (!installed) {
            LoggerContext logging = (LoggerContext) LogManager.getContext(false);
            Search search = new Search();
            search.start();
            logging.getConfiguration().getRootLogger().addAppender(search, Level.INFO, null);
            logging.updateLoggers();
            installed = true;
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!FOUND.isEmpty()) {
            List<String> found = List.copyOf(FOUND);
            FOUND.clear();
            throw new AssertionError("a secret was logged: " + found);
        }
    }

    private static final class Search extends AbstractAppender {
        Search() {
            super("secrets-in-log", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            String said = event.getMessage().getFormattedMessage() + " " + event.getThrown();
            CANARIES.stream()
                    .filter(said::contains)
                    .forEach(canary -> FOUND.add(canary + " by " + event.getLoggerName()));
        }
    }
}
