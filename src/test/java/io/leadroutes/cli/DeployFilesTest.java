package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in deploy/ fits Kubernetes' own model and the settings, ports and paths of leadroutes. */
class DeployFilesTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Path KUBERNETES = Path.of("deploy/kubernetes/leadroutes.yaml");
    private static final Path COMPOSE = Path.of("deploy/compose.yaml");

    @TempDir
    private Path secrets;

    @Test
    void kubernetesKnowsEachField() throws IOException {
        List<String> kinds = new ArrayList<>();
        for (JsonNode resource : resources()) {
            kinds.add(resource.path("kind").asText());
            check(resource);
        }

        assertThat(kinds).containsExactly("ConfigMap", "Deployment", "Service", "PodDisruptionBudget");
        assertThatThrownBy(
                        () -> check(
                                YAML.readTree(
                                        "{apiVersion: apps/v1, kind: Deployment, spec: {selector: {}, template: {spec: {container: []}}}}")))
                .as("the check itself")
                .hasMessageContaining("`container`");
    }

    private static void check(JsonNode resource) throws IOException {
        JsonElement json = JsonParser.parseString(resource.toString());
        switch (resource.path("kind").asText()) {
            case "ConfigMap" -> V1ConfigMap.validateJsonElement(json);
            case "Deployment" -> V1Deployment.validateJsonElement(json);
            case "Service" -> V1Service.validateJsonElement(json);
            case "PodDisruptionBudget" -> V1PodDisruptionBudget.validateJsonElement(json);
            default -> throw new AssertionError("no model for " + resource.path("kind"));
        }
    }

    @Test
    @Tag("invariant-12")
    void leadroutesStartsWithTheSettingsOfBothAndNoSecretStandsInThem() throws IOException {
        Map<String, String> compose = texts(YAML.readTree(COMPOSE.toFile()).at("/services/leadroutes/environment"));
        compose.replaceAll((name, value) -> value.startsWith("${CHATWOOT_BASE_URL:?")
                ? "https://chat.example"
                : value.startsWith("${CHATWOOT_ACCOUNT_ID:?") ? "1" : value);

        for (Map<String, String> environment :
                List.of(compose, texts(resource("ConfigMap").path("data")))) {
            assertThat(environment.keySet())
                    .as("secrets are files")
                    .noneMatch(name -> name.matches(".*(TOKEN|SECRETS|PASSWORD)"));
            assertThat(Files.readString(Path.of("application.properties")))
                    .contains(environment.keySet().stream()
                            .map(name -> name.replaceFirst("_FILE$", ""))
                            .toList());
            Settings settings =
                    Settings.load(new Properties(), withSecrets(environment), new Properties(), Settings.Need.ALL);
            assertThat(settings.text("database.url")).startsWith("jdbc:postgresql://");
            assertThat(settings.text("database.password")).isEqualTo("a secret of DATABASE_PASSWORD_FILE");
        }
    }

    /** Each path to a secret's file becomes one that is there. */
    private Map<String, String> withSecrets(Map<String, String> environment) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(environment);
        for (Map.Entry<String, String> entry : all.entrySet()) {
            if (entry.getKey().endsWith("_FILE")) {
                Path file = secrets.resolve(entry.getKey());
                Files.writeString(file, "a secret of " + entry.getKey());
                entry.setValue(file.toString());
            }
        }
        return all;
    }

    @Test
    void eachSecretThatIsNamedIsMounted() throws IOException {
        JsonNode compose = YAML.readTree(COMPOSE.toFile());
        List<String> mounted = StreamSupport.stream(
                        compose.at("/services/leadroutes/secrets").spliterator(), false)
                .map(secret -> "/run/secrets/" + secret.asText())
                .toList();
        assertThat(files(texts(compose.at("/services/leadroutes/environment")))).isSubsetOf(mounted);
        assertThat(texts(compose.path("secrets")).keySet().stream().map(name -> "/run/secrets/" + name))
                .containsExactlyInAnyOrderElementsOf(mounted);

        JsonNode mount = container().path("volumeMounts").path(0);
        assertThat(files(texts(resource("ConfigMap").path("data"))))
                .allMatch(path -> path.startsWith(mount.path("mountPath").asText() + "/"));
        assertThat(Files.readString(KUBERNETES).lines().limit(3).collect(Collectors.joining()))
                .contains(files(texts(resource("ConfigMap").path("data"))).stream()
                        .map(path -> "--from-file=" + Path.of(path).getFileName())
                        .toList());
    }

    @Test
    void probesPortsAndTheTimeToStopAreThoseOfLeadroutes() throws IOException {
        JsonNode pod = resource("Deployment").at("/spec/template/spec");
        assertThat(container().at("/startupProbe/httpGet/path").asText()).isEqualTo("/observe/health/live");
        assertThat(container().at("/livenessProbe/httpGet/path").asText()).isEqualTo("/observe/health/live");
        assertThat(container().at("/readinessProbe/httpGet/path").asText()).isEqualTo("/observe/health/ready");
        assertThat(container().path("ports").findValuesAsText("containerPort")).containsExactly("8080", "9876");
        Settings defaults = Settings.load(new Properties(), Map.of(), new Properties(), Settings.Need.NONE);
        assertThat(List.of(defaults.text("camel.server.port"), defaults.text("camel.management.port")))
                .containsExactly("8080", "9876");
        int beforeStop = container().at("/lifecycle/preStop/sleep/seconds").asInt();
        assertThat(pod.path("terminationGracePeriodSeconds").asInt())
                .isGreaterThan((int) defaults.stopWithin().toSeconds() + beforeStop);
        assertThat(YAML.readTree(COMPOSE.toFile())
                        .at("/services/leadroutes/stop_grace_period")
                        .asText())
                .isEqualTo(pod.path("terminationGracePeriodSeconds").asText() + "s");
        assertThat(Files.readString(Path.of("Dockerfile")))
                .contains("USER " + pod.at("/securityContext/runAsUser").asText());
    }

    @Test
    void theCacheOfTheImageIsTriedWithTheOptionsThatItIsUsedWith() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("Dockerfile"));

        assertThat(lines)
                .filteredOn(line -> line.startsWith("ENTRYPOINT"))
                .containsExactly("ENTRYPOINT [\"java\", \"@java.options\", \"-jar\", \"leadroutes.jar\"]");
        assertThat(lines)
                .filteredOn(line -> line.contains("AOTMode=on") && !line.startsWith("#"))
                .as("in both images")
                .hasSize(2)
                .containsOnly("  && java -XX:AOTMode=on @java.options -jar leadroutes.jar --version");
        assertThat(Path.of("deploy/java.options")).content().contains("-XX:AOTCache=leadroutes.aot\n");
    }

    @Test
    void everythingThatTheImageCopiesIsThereAndNotIgnored() throws IOException {
        List<String> copied = Files.readAllLines(Path.of("Dockerfile")).stream()
                .filter(line -> line.startsWith("COPY ") && !line.contains("--from="))
                .map(line -> List.of(line.split(" ")))
                .flatMap(words -> words.subList(1, words.size() - 1).stream())
                .toList();
        List<String> rules = Files.readAllLines(Path.of(".dockerignore"));

        assertThat(copied)
                .contains("deploy/java.options")
                .allSatisfy(source -> assertThat(Path.of(source)).exists())
                .noneMatch(source -> isIgnored(rules, Path.of(source)));
    }

    /** The last rule that fits holds, as Docker documents it; for rules without {@code **}. */
    private static boolean isIgnored(List<String> rules, Path source) {
        boolean ignored = false;
        for (String rule : rules) {
            String pattern = rule.replaceFirst("^!", "");
            if (source.getFileSystem()
                    .getPathMatcher("glob:{" + pattern + "," + pattern + "/**}")
                    .matches(source)) {
                ignored = !rule.startsWith("!");
            }
        }
        return ignored;
    }

    private static List<String> files(Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("_FILE"))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static JsonNode container() throws IOException {
        return resource("Deployment").at("/spec/template/spec/containers/0");
    }

    private static JsonNode resource(String kind) throws IOException {
        return resources().stream()
                .filter(resource -> resource.path("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static List<JsonNode> resources() throws IOException {
        try (var parser = YAML.getFactory().createParser(KUBERNETES.toFile())) {
            return YAML.readValues(parser, JsonNode.class).readAll();
        }
    }

    private static Map<String, String> texts(JsonNode node) {
        Map<String, String> texts = new LinkedHashMap<>();
        node.fields()
                .forEachRemaining(
                        field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }
}
