package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Routes and kamelets against the schema of Camel's YAML language, by which Kaoto and editors know what may stand where:
 * what can be shown of their opening there without a browser. Only the canonical form passes, which Kaoto writes.
 */
class YamlSchemaTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(VersionFlag.V4);

    private static JsonSchema routes;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream file = YamlSchemaTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            JsonNode schema = MAPPER.readTree(file);
            schema.at("/items/definitions").forEach(YamlSchemaTest::withoutShortForm);
            withPlaceholders(schema);
            routes = SCHEMAS.getSchema(schema);
        }
    }

    /** Many definitions may also be one text: {@code to: "direct:x"}. That is the short form. */
    private static void withoutShortForm(JsonNode definition) {
        if (definition.path("oneOf") instanceof ArrayNode forms && forms.size() == 2) {
            for (Iterator<JsonNode> form = forms.iterator(); form.hasNext(); ) {
                if (form.next().path("type").asText().equals("string")) {
                    form.remove();
                }
            }
        }
    }

    /** Where the schema asks for a number or for true or false, Camel also takes a property's name. */
    private static void withPlaceholders(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && List.of("number", "integer", "boolean")
                        .contains(schema.path("type").asText())) {
            String type = schema.path("type").asText();
            object.putArray("type").add(type).add("string");
            object.put("pattern", "^\\{\\{[^{}]+}}$");
        }
        schema.forEach(YamlSchemaTest::withPlaceholders);
    }

    /** The shipped ones, the examples, and those that {@code leadroutes new} writes. */
    static Stream<Path> routeFiles() throws IOException {
        return Stream.concat(files("routes", ".camel.yaml"), files("src/main/resources/new", ".camel.yaml"));
    }

    static Stream<Path> kameletFiles() throws IOException {
        return files("routes", ".kamelet.yaml");
    }

    private static Stream<Path> files(String folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
        }
    }

    @Test
    void everyYamlOfTheFolderIsOneOfThese() throws IOException {
        assertThat(files("routes", "yaml"))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(files("routes", ".camel.yaml"), kameletFiles())
                        .toList());
        assertThat(routeFiles())
                .contains(Path.of("routes/examples/batch-update.camel.yaml"), Path.of("routes/steps.camel.yaml"));
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void routesAreWhatTheSchemaSays(Path file) throws IOException {
        assertThat(wrong(yaml(Files.readString(file)))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("kameletFiles")
    void aKameletsTemplateIsWhatTheSchemaSays(Path file) throws IOException {
        JsonNode template = yaml(Files.readString(file)).at("/spec/template");

        assertThat(template.path("from").isObject()).isTrue();
        assertThat(wrong(asRoutes(template))).isEmpty();
    }

    /** A kamelet's template is a route template that takes its name and parameters from the kamelet. */
    private static JsonNode asRoutes(JsonNode template) {
        ObjectNode routeTemplate = template.deepCopy();
        routeTemplate.put("id", "template");
        return MAPPER.createArrayNode().add(MAPPER.createObjectNode().set("routeTemplate", routeTemplate));
    }

    @ParameterizedTest
    @MethodSource("kameletFiles")
    void aKameletsOptionsAreASchema(Path file) throws IOException {
        JsonNode definition = yaml(Files.readString(file)).at("/spec/definition");

        assertThat(SCHEMAS.getSchema(SchemaLocation.of("http://json-schema.org/draft-04/schema#"))
                        .validate(definition))
                .isEmpty();
        ObjectNode given = MAPPER.createObjectNode();
        definition.path("properties").properties().forEach(option -> {
            if (!option.getValue().path("default").asText().isEmpty()) {
                given.set(option.getKey(), option.getValue().get("default"));
            }
            JsonSchema schema = SCHEMAS.getSchema(option.getValue());
            assertThat(schema.validate(option.getValue().path("example")))
                    .as("example of " + option.getKey())
                    .isEmpty();
        });
        definition
                .path("required")
                .forEach(name -> given.set(name.asText(), definition.at("/properties/" + name.asText() + "/example")));
        assertThat(SCHEMAS.getSchema(definition).validate(given)).isEmpty();
    }

    @Test
    void theSchemaFindsWhatIsWrong() {
        assertThat(wrong(yaml("""
                - route:
                    id: a
                    from: {uri: "direct:a", steps: [{too: {uri: "direct:b"}}]}
                """))).anyMatch(message -> message.contains("too"));
        assertThat(wrong(yaml("""
                - route: {id: a, from: {uri: "direct:a", steps: [{to: "direct:b"}]}}
                """))).as("the short form").isNotEmpty();
        assertThat(wrong(yaml("""
                - route: {id: a, from: {uri: "direct:a", steps: [{to: {uri: "direct:b", paramters: {}}}]}}
                """))).anyMatch(message -> message.contains("paramters"));
        assertThat(wrong(yaml("""
                - route: {id: a, streamCache: "no", from: {uri: "direct:a", steps: [{to: {uri: "direct:b"}}]}}
                """))).isNotEmpty();
        assertThat(wrong(yaml("""
                - route: {id: a, startupOrder: "{{order}}", from: {uri: "direct:a", steps: [{to: {uri: "direct:b"}}]}}
                """))).isEmpty();
    }

    private static List<String> wrong(JsonNode file) {
        return routes.validate(file).stream().map(ValidationMessage::getMessage).toList();
    }

    private static JsonNode yaml(String text) {
        return MAPPER.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text));
    }
}
