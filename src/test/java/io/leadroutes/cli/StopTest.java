package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to stop while something of it hangs: what, is a drop-in's doing. */
class StopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Goes on when the process is told a line, and only then. */
    private static final String STARTS_WHEN_TOLD = """
            import java.util.concurrent.CountDownLatch;

            public class Held extends org.apache.camel.builder.RouteBuilder {
                @Override
                public void configure() throws Exception {
                    System.out.println("held");
                    if (System.in.read() < 0) {
                        new CountDownLatch(1).await();
                    }
                    from("direct:held").routeId("held").log("used");
                }
            }
            """;

    private static final String NEVER_STOPS = """
            import java.util.concurrent.CountDownLatch;
            import org.apache.camel.support.service.ServiceSupport;

            public class Held extends org.apache.camel.builder.RouteBuilder {
                @Override
                public void configure() throws Exception {
                    getContext().addService(new ServiceSupport() {
                        @Override
                        protected void doStop() throws Exception {
                            System.out.println("held");
                            new CountDownLatch(1).await();
                        }
                    });
                    from("direct:held").routeId("held").log("used");
                }
            }
            """;

    /** Tells what runs at the end of the JVM. */
    private static final String TELLS_HOOKS = """
            import java.lang.reflect.Field;
            import java.util.Map;

            public class Held extends org.apache.camel.builder.RouteBuilder {
                @Override
                public void configure() throws Exception {
                    Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
                    hooks.setAccessible(true);
                    ((Map<?, ?>) hooks.get(null)).keySet().forEach(hook -> System.out.println("hook " + hook));
                    from("direct:held").routeId("held").log("used");
                }
            }
            """;

    @TempDir
    private Path folder;

    private final int managementPort = ChildProcess.freePort();
    private SandboxChatwoot sandbox;

    @BeforeEach
    void openSandbox() {
        sandbox = SandboxChatwoot.start();
    }

    @AfterEach
    void closeSandbox() {
        sandbox.close();
    }

    private ChildProcess start(String dropIn) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HTTP_PORT", "0");
        environment.put("MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.put("CHATWOOT_BASE_URL", sandbox.baseUrl().toString());
        environment.put("CHATWOOT_API_TOKEN", sandbox.apiToken());
        environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId()));
        environment.put("CHATWOOT_WEBHOOK_SECRETS", "secret");
        environment.put("DATABASE_URL", "jdbc:h2:file:" + folder.resolve("own"));
        environment.put("CRM_DATABASE_URL", "jdbc:h2:file:" + folder.resolve("crm"));
        environment.put("SHUTDOWN_TIMEOUT", "1");
        environment.put(
                "ROUTES_DIRECTORY",
                Product.routesWith(folder.resolve("routes"), "Held.java", dropIn)
                        .toString());
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return ChildProcess.start(
                folder,
                managementPort,
                environment,
                // As an operator sees it, not as tests do.
                "-Dlog4j2.configurationFile=log4j2.properties",
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "-cp",
                classPath,
                Main.class.getName(),
                "run");
    }

    private static void awaitHeld(ChildProcess run) {
        await().atMost(PATIENCE).until(() -> {
            assertThat(run.isAlive()).as(run.output()).isTrue();
            return run.output().contains("held");
        });
    }

    @Test
    void itIsNotReadyBeforeTheLastRouteHasStarted() throws IOException, InterruptedException {
        try (ChildProcess run = start(STARTS_WHEN_TOLD)) {
            awaitHeld(run);
            HttpResponse<String> ready = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + managementPort + "/observe/health/ready"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("Route conversation-scheduler has status Stopped");

            run.tell("go on");

            run.awaitReady();
            run.terminate();
            assertThat(run.awaitEnd(PATIENCE)).as(run.output()).isEqualTo(143);
            assertThat(run.output()).contains("leadroutes - stopped");
        }
    }

    /** Camel's would be a second one to stop it, and each may wait for the other. */
    @Test
    void nobodyElseStopsCamelAtTheEndOfTheProcess() {
        try (ChildProcess run = start(TELLS_HOOKS)) {
            run.awaitReady();

            assertThat(run.output()).contains("hook Thread[told-to-stop").doesNotContain("hook Thread[Camel");
        }
    }

    @Test
    void aStartThatHangsIsGivenUpInTime() {
        try (ChildProcess run = start(STARTS_WHEN_TOLD)) {
            awaitHeld(run);

            run.terminate();

            assertThat(run.awaitEnd(PATIENCE)).as(run.output()).isEqualTo(1);
            assertThat(run.output()).contains("not stopped after 4 s", "main is at ", "Held.configure");
        }
    }

    @Test
    void aStopThatHangsIsGivenUpInTime() {
        try (ChildProcess run = start(NEVER_STOPS)) {
            run.awaitReady();

            run.terminate();

            assertThat(run.awaitEnd(PATIENCE)).as(run.output()).isEqualTo(1);
            assertThat(run.output()).contains("held", "not stopped after 4 s", "stop is at ", ".doStop");
        }
    }
}
