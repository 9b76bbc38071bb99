package io.leadroutes.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

@Command(
        name = "run",
        description = {
            "Takes webhooks until it is told to stop; the default command.",
            "Settings come from -D, the environment, and application.properties in the current folder."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes run",
            "  HTTP_PORT=8090 leadroutes",
            "  java -Drules.file=other.yaml -jar leadroutes.jar",
            "",
            "Environment (or application.properties, or -D), what must be there:",
            "  CHATWOOT_BASE_URL     the address of Chatwoot",
            "  CHATWOOT_API_TOKEN    access token of a user",
            "  CHATWOOT_ACCOUNT_ID   number of the account",
            "  CHATWOOT_WEBHOOK_SECRETS or CHATWOOT_WEBHOOK_TOKEN",
            "                        by which webhooks prove to be genuine",
            "All others are in application.properties, each with its default and meaning."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "1:could not start: the database is not there, a port is taken; or could not stop in time",
            "2:wrong use, wrong settings or wrong rules; nothing was started",
            "143:stopped by SIGTERM (130 by Ctrl-C)"
        })
final class RunCommand implements Callable<Integer> {
    static final Path SETTINGS_FILE = Path.of("application.properties");

    @Override
    public Integer call() throws Exception {
        Beside.run(Beside::readCertificates);
        Settings settings = settings();
        untilToldToStop(() -> start(settings), settings.stopWithin());
        return 0;
    }

    private static LeadRoutes start(Settings settings) {
        Instant start = Instant.now();
        LeadRoutes runtime = LeadRoutes.start(settings, Clock.systemUTC());
        log().info(
                        "webhooks are taken on port {} at /webhooks/chatwoot, health and metrics are on port {} under /observe,"
                                + " ready after {} ms",
                        runtime.httpPort(),
                        runtime.managementPort(),
                        Duration.between(start, Instant.now()).toMillis());
        return runtime;
    }

    /** Not a constant, because what reads settings here says in which form to log. */
    private static Logger log() {
        return LoggerFactory.getLogger("leadroutes");
    }

    static Settings settings() throws IOException {
        return settings(Settings.Need.ALL);
    }

    static Settings settings(Settings.Need need) throws IOException {
        Properties file = new Properties();
        if (Files.exists(SETTINGS_FILE)) {
            try (Reader reader = Files.newBufferedReader(SETTINGS_FILE)) {
                file.load(reader);
            }
        } else if (need == Settings.Need.ALL) {
            throw new Settings.SettingsException(List.of("there is no " + SETTINGS_FILE.toAbsolutePath()
                    + "; expected the one that comes with leadroutes, in the" + " folder in which it is started"));
        }
        return Settings.load(file, System.getenv(), System.getProperties(), need);
    }

    /**
     * Starts, and never returns: the process ends when the signal's work is done. A start under way ends first, or breaks
     * off. What takes longer than it may ends as if it were killed.
     *
     * @throws Exception if it does not start
     */
    static void untilToldToStop(Callable<? extends AutoCloseable> start, Duration stopWithin) throws Exception {
        CompletableFuture<AutoCloseable> started = new CompletableFuture<>();
        Thread starter = Thread.currentThread();
        Thread stop = new Thread(() -> stopInTime(started, starter, stopWithin), "told-to-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            started.complete(start.call());
        } catch (RuntimeException e) {
            if (!isTold(stop)) {
                throw e;
            }
            log().info("stopped while it started");
        } finally {
            // Without effect after a start.
            started.cancel(false);
        }
        new CountDownLatch(1).await();
    }

    /** The hook may not have begun yet when a part of the start learns of the stop. */
    private static boolean isTold(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException stopping) {
            return true;
        }
    }

    private static void stopInTime(CompletableFuture<AutoCloseable> started, Thread starter, Duration within) {
        Thread stopper = new Thread(
                () -> started.thenAccept(RunCommand::stop)
                        .exceptionally(brokenOff -> null)
                        .join(),
                "stop");
        stopper.start();
        try {
            stopper.join(within.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (stopper.isAlive()) {
            log().error(
                            "not stopped after {} s, so it ends here; what was in hand goes on at the next start. {} {}",
                            within.toSeconds(),
                            at(stopper),
                            at(starter));
            // Another hook may hang, too.
            Runtime.getRuntime().halt(1);
        }
    }

    private static String at(Thread thread) {
        return thread.getName() + " is at "
                + Arrays.stream(thread.getStackTrace())
                        .limit(12)
                        .map(StackTraceElement::toString)
                        .collect(Collectors.joining(" < "));
    }

    private static void stop(AutoCloseable running) {
        try {
            running.close();
            log().info("stopped");
        } catch (Exception e) {
            log().error("could not stop cleanly", e);
        }
    }
}
