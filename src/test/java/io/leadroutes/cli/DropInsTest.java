package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.tools.ToolProvider;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in the routes folder and builders in jars that are wrong, that change, and what the others do meanwhile. */
class DropInsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Adds a label named like the route to each conversation. */
    private static final String STEP = """
            - route:
                id: %1$s
                description: Labels each conversation.
                from:
                  uri: direct:%1$s
                  steps:
                    - bean:
                        ref: wishes
                        method: "addLabels('%2$s')"
            """;

    private static final String JAVA_STEP = """
            public class %1$s extends org.apache.camel.builder.RouteBuilder {
                @Override
                public void configure() {
                    from("direct:%1$s").routeId("%1$s").bean("wishes", "addLabels('%2$s')");
                }
            }
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void addAGoodOne() {
        Product.routesWith(folder, "good.camel.yaml", STEP.formatted("good", "good"));
    }

    private void write(String name, String text) {
        try {
            // As editors and mounts do it: never half a file.
            Files.move(
                    Files.writeString(folder.resolve("new.tmp"), text),
                    folder.resolve(name),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Product start(String steps, String... more) {
        Map<String, String> settings =
                new HashMap<>(Map.of("routes.directory", folder.toString(), "steps.message", steps));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return Product.connected(SandboxChatwoot.builder(), settings);
    }

    private static List<String> problems(Product product) {
        return product.runtime().dropInProblems();
    }

    private static JsonNode health(Product product, String check) {
        JsonNode health = Product.json(product.send(management(product, "/observe/health")));
        return StreamSupport.stream(health.path("checks").spliterator(), false)
                .filter(one -> one.path("name").asText().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError(check + " is not among " + health));
    }

    private static HttpRequest.Builder management(Product product, String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.runtime().managementPort() + path))
                .GET();
    }

    private static List<String> labelsOfANewConversation(Product product) {
        long id = product.conversation("Dro Pin");
        product.sandbox().customerWrites(id, "hello");
        product.settle();
        return product.sandbox().conversation(id).labels();
    }

    @Test
    @Tag("invariant-10")
    void whatIsWrongIsToldWithFileLineAndReasonAndTheOthersRun() {
        write("broken.camel.yaml", """
                - route:
                    id: broken
                    from:
                      uri: direct:broken
                      steps:
                        - too:
                            uri: direct:good
                """);
        write("Broken.java", """
                public class Broken extends org.apache.camel.builder.RouteBuilder {
                    public void configure() {
                        form("direct:broken");
                    }
                }
                """);
        write("Fine.java", JAVA_STEP.formatted("Fine", "fine"));
        write("alien.camel.yaml", """
                - route:
                    id: alien
                    from:
                      uri: direct:alien
                      steps:
                        - to:
                            uri: "carrierpigeon:coop"
                """);
        write("misnamed.yaml", STEP.formatted("misnamed", "x"));
        write("usurper.camel.yaml", STEP.formatted("step-tag", "usurped"));
        write("wrong-option.camel.yaml", """
                - route:
                    id: wrong-option
                    from:
                      uri: direct:wrong-option
                      steps:
                        - to:
                            uri: seda:x
                            parameters:
                              sise: 7
                """);

        try (Product product = start("direct:step-tag,direct:good,direct:Fine")) {
            assertThat(problems(product))
                    .hasSize(6)
                    .anySatisfy(problem -> assertThat(problem)
                            .endsWith("/misnamed.yaml is not read; expected a name that ends with .camel.yaml"))
                    .anySatisfy(problem -> assertThat(problem).containsPattern("/broken[.]camel[.]yaml:6:\\d+: .*too"))
                    .anySatisfy(problem -> assertThat(problem).containsPattern("/Broken[.]java:3: .*form"))
                    .anySatisfy(problem -> assertThat(problem)
                            .containsPattern(
                                    "/alien[.]camel[.]yaml:6: uri is \"carrierpigeon:coop\"; expected one whose"))
                    .anySatisfy(problem -> assertThat(problem)
                            .containsPattern("/usurper[.]camel[.]yaml:\\d+: route id step-tag is there already, in .*"
                                    + "steps[.]camel[.]yaml"))
                    .anySatisfy(
                            problem -> assertThat(problem).containsPattern("/wrong-option[.]camel[.]yaml:1: .*sise"));
            JsonNode health = health(product, "routes");
            assertThat(health.path("status").asText()).isEqualTo("UP");
            assertThat(health.toString())
                    .contains("6 drop-in(s) cannot be used: Broken.java, alien.camel.yaml, broken.camel.yaml, "
                            + "misnamed.yaml, usurper.camel.yaml, wrong-option.camel.yaml");
            assertThat(labelsOfANewConversation(product)).containsExactlyInAnyOrder("good", "fine");
        }
    }

    @Test
    @Tag("invariant-7")
    void aDropInThatCallsChatwootByItselfIsRefused() {
        write("direct.camel.yaml", """
                - route:
                    id: direct
                    from:
                      uri: direct:direct
                      steps:
                        - to:
                            uri: "{{chatwoot.base-url}}/api/v1/profile"
                """);
        write("by-host.camel.yaml", """
                - route:
                    id: by-host
                    from:
                      uri: direct:by-host
                      steps:
                        - filter:
                            expression:
                              simple:
                                expression: "${body} != null"
                            steps:
                              - toD:
                                  uri: "http://chat.example/api/v1/accounts/${header.account}?bridgeEndpoint=true"
                """);
        write("by-property.camel.yaml", """
                - route:
                    id: by-property
                    from:
                      uri: direct:by-property
                      steps:
                        - setHeader:
                            name: CamelHttpUri
                            expression:
                              constant:
                                expression: "{{my.address:https://chat.example:443}}/x"
                        - to:
                            uri: "https://elsewhere.example"
                """);
        write("kamelets/sneaky-action.kamelet.yaml", """
                apiVersion: camel.apache.org/v1
                kind: Kamelet
                metadata:
                  name: sneaky-action
                spec:
                  definition:
                    title: Sneaky
                  template:
                    from:
                      uri: kamelet:source
                      steps:
                        - to:
                            uri: https://chat.example/api
                """);
        write("by-kamelet.camel.yaml", """
                - route:
                    id: by-kamelet
                    from:
                      uri: direct:by-kamelet
                      steps:
                        - to:
                            uri: kamelet:sneaky-action
                """);
        write("elsewhere.camel.yaml", """
                - route:
                    id: elsewhere
                    from:
                      uri: direct:elsewhere
                      steps:
                        - to:
                            uri: http://my-chat.example/api
                        - to:
                            uri: http://chat.example.org/api
                        - to:
                            uri: http://chat.example:8081/api
                        - log:
                            message: "https://chat.example/app/accounts/1"
                """);

        try (Product product = start("direct:good", "chatwoot.base-url", "https://chat.example")) {
            assertThat(problems(product))
                    .hasSize(4)
                    .anySatisfy(
                            problem -> assertThat(problem)
                                    .containsPattern(
                                            "/direct[.]camel[.]yaml:6: uri is \"[{][{]chatwoot.base-url}}/api/v1/profile\", "
                                                    + "which calls Chatwoot past its rate limit; expected direct:chatwoot-<verb>"))
                    .anySatisfy(problem -> assertThat(problem)
                            .containsPattern(
                                    "/by-host[.]camel[.]yaml:11: uri is \"http://chat.example/api/v1/accounts"))
                    .anySatisfy(
                            problem -> assertThat(problem).containsPattern("/by-property[.]camel[.]yaml:\\d+: uri is"))
                    .anySatisfy(problem -> assertThat(problem)
                            .contains("sneaky-action.kamelet.yaml")
                            .contains("chat.example/api"));
            assertThat(product.runtime().camel().getRoute("elsewhere")).isNotNull();
            assertThat(product.runtime().camel().getRoute("by-kamelet")).isNull();
        }
    }

    @Test
    void aBrokenShippedFileStopsTheStart() throws IOException {
        Path crm = folder.resolve("crm.camel.yaml");
        Files.writeString(crm, Files.readString(crm).replaceFirst("steps:", "stepps:"));

        assertThatThrownBy(() -> start("direct:good").close()).hasStackTraceContaining("stepps");
    }

    @Test
    void aStepThatIsNeededAndBrokenStopsTheStartAndTheReasonIsTold() {
        write("needed.camel.yaml", STEP.formatted("needed", "x").replace("bean:", "been:"));

        assertThatThrownBy(() -> start("direct:needed").close())
                .isInstanceOf(Settings.SettingsException.class)
                .hasMessageContainingAll("steps.message names \"direct:needed\"", "needed.camel.yaml:7", "been");
    }

    @Test
    void itHasTheErrorHandlingOfAllAndShowsInHealthAndMetrics() {
        write("Jay.java", JAVA_STEP.formatted("Jay", "jay"));

        try (Product product = start("direct:good,direct:Jay")) {
            assertThat(labelsOfANewConversation(product)).containsExactlyInAnyOrder("good", "jay");

            ModelCamelContext camel = (ModelCamelContext) product.runtime().camel();
            assertThat(List.of("good", "Jay")).allSatisfy(id -> {
                RouteDefinition route = camel.getRouteDefinition(id);
                assertThat(route.getAppliedRouteConfigurationIds()).containsExactly("<default>");
                assertThat(health(product, "route:" + id).path("status").asText())
                        .isEqualTo("UP");
                assertThat(product.send(management(product, "/observe/metrics")).body())
                        .containsPattern("(?m)^camel_exchanges_total\\{[^}]*routeId=\"" + id + "\"[^}]*} 1");
            });
        }
    }

    @Test
    void changesAreTakenOverAndABrokenOneLeavesWhatRan() throws IOException {
        write("Help.java", "public class Help {\n    public static String label() { return \"first\"; }\n}\n");
        write("Jay.java", """
                public class Jay extends org.apache.camel.builder.RouteBuilder {
                    @Override
                    public void configure() {
                        from("direct:Jay").routeId("Jay").bean("wishes", "addLabels('" + Help.label() + "')");
                    }
                }
                """);
        try (Product product = start("direct:good,direct:Jay", "routes.reload", "1s")) {
            assertThat(labelsOfANewConversation(product)).containsExactlyInAnyOrder("good", "first");

            write("good.camel.yaml", STEP.formatted("good", "better"));
            write("Help.java", "public class Help {\n    public static String label() { return \"second\"; }\n}\n");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(labelsOfANewConversation(product))
                    .containsExactlyInAnyOrder("better", "second"));

            write("good.camel.yaml", STEP.formatted("good", "worse").replace("ref:", "reff:"));
            await().atMost(PATIENCE).until(() -> !problems(product).isEmpty());
            assertThat(problems(product))
                    .singleElement()
                    .asString()
                    .containsPattern("/good[.]camel[.]yaml:8:\\d+: .*reff");
            assertThat(health(product, "routes").toString()).contains("good.camel.yaml");
            assertThat(labelsOfANewConversation(product)).containsExactlyInAnyOrder("better", "second");

            write("good.camel.yaml", STEP.formatted("good", "best"));
            await().atMost(PATIENCE).until(() -> problems(product).isEmpty());
            assertThat(labelsOfANewConversation(product)).containsExactlyInAnyOrder("best", "second");
        }
    }

    @Test
    void aFileThatComesRunsAndOneThatGoesIsGone() throws IOException {
        write("late.yml", "[]");
        try (Product product = start("direct:good", "routes.reload", "1s")) {
            assertThat(problems(product)).singleElement().asString().contains("late.yml is not read");
            Files.delete(folder.resolve("late.yml"));
            write("late.camel.yaml", """
                    - route:
                        id: late
                        description: Gets messages.
                        from:
                          uri: kamelet:chatwoot-event-source
                          parameters:
                            name: late
                            types: message_created
                          steps:
                            - to:
                                uri: seda:late
                    """);
            await().atMost(PATIENCE).until(() -> product.runtime().camel().getRoute("late") != null);
            write(
                    "late.camel.yaml",
                    Files.readString(folder.resolve("late.camel.yaml"))
                            .replace("types: message_created", "types: contact_updated")
                            .replace("id: late", "id: later"));
            await().atMost(PATIENCE).until(() -> product.runtime().camel().getRoute("later") != null);
            assertThat(product.runtime().camel().getRoute("late")).isNull();
            assertThat(problems(product)).isEmpty();

            Files.delete(folder.resolve("late.camel.yaml"));
            await().atMost(PATIENCE).until(() -> product.runtime().camel().getRoute("later") == null);
            assertThat(labelsOfANewConversation(product)).containsExactly("good");
        }
    }

    @Test
    void withoutReloadAChangeWaitsForTheNextStart() {
        DropIns dropIns = new DropIns(folder, Duration.ZERO, Clock.systemUTC());

        // It would fail for want of Camel.
        dropIns.look();

        assertThat(dropIns.problem()).isEmpty();
    }

    @Test
    void aRouteBuilderThatAJarOffersRunsAndABrokenOfferIsTold(@TempDir Path jar) throws Exception {
        Path source = Files.writeString(jar.resolve("InJar.java"), JAVA_STEP.formatted("InJar", "in-jar"));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", System.getProperty("java.class.path"), source.toString());
        assertThat(compiled).isZero();
        Files.createDirectories(jar.resolve("META-INF/services"));
        Files.writeString(
                jar.resolve("META-INF/services/org.apache.camel.builder.RouteBuilder"), "no.such.Builder\nInJar\n");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader withJar = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
            thread.setContextClassLoader(withJar);
            try (Product product = start("direct:good,direct:InJar")) {
                assertThat(problems(product)).singleElement().asString().contains("no.such.Builder", "lib/ext");
                assertThat(labelsOfANewConversation(product)).containsExactlyInAnyOrder("good", "in-jar");
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void theListOfShippedFilesIsWhatIsShipped() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(DropIns.SHIPPED);
        }
    }
}
