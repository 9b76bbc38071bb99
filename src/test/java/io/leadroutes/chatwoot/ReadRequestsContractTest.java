package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every read against Chatwoot's own OpenAPI file, which is not part of this repository: {@code -Dchatwoot.openapi} names
 * it.
 */
class ReadRequestsContractTest {
    private static final Path FILE = Path.of(System.getProperty("chatwoot.openapi", "../shared/chatwoot/openapi.json"));

    /** In the server's code but not in the file: app/controllers of macros; the finder's sort (CONTRACT section 3.3). */
    private static final Set<String> UNDOCUMENTED_PATHS = Set.of("/api/v1/accounts/{}/macros");

    private static final Set<String> UNDOCUMENTED_PARAMETERS = Set.of("sort_by");

    private static JsonNode document;

    @BeforeAll
    static void read() throws IOException {
        assumeTrue(Files.isReadable(FILE), () -> FILE.toAbsolutePath() + " is not there: nothing to compare with");
        document = Json.tree(Files.readString(FILE));
    }

    static Stream<ApiRequest> reads() {
        return RequestsTest.requests().map(row -> (ApiRequest) row.get()[0]).filter(request -> request.method()
                .equals("GET"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reads")
    void aReadIsInTheContract(ApiRequest request) {
        String wanted = request.path().replaceAll("/[0-9]+", "/{}");

        List<String> known = documentedPaths().stream()
                .filter(path -> shape(path).equals(wanted))
                .toList();

        if (UNDOCUMENTED_PATHS.contains(wanted)) {
            assertThat(known).as("it is documented now").isEmpty();
            return;
        }
        assertThat(known).as("GET " + wanted).hasSize(1);
        assertThat(parameters(known.get(0))).containsAll(queryNames(request));
    }

    private static List<String> documentedPaths() {
        return document.path("paths").properties().stream()
                .filter(path -> path.getValue().has("get"))
                .map(path -> path.getKey())
                .toList();
    }

    private static String shape(String path) {
        return path.replaceAll("\\{[^}]+}", "{}");
    }

    private static Set<String> parameters(String path) {
        JsonNode item = document.path("paths").path(path);
        Set<String> names = new HashSet<>(UNDOCUMENTED_PARAMETERS);
        for (JsonNode list : List.of(item.path("parameters"), item.path("get").path("parameters"))) {
            for (JsonNode given : list) {
                JsonNode parameter = given.has("$ref")
                        ? document.at(given.path("$ref").asText().substring(1))
                        : given;
                if (parameter.path("in").asText().equals("query")) {
                    names.add(parameter.path("name").asText());
                }
            }
        }
        return names;
    }

    /** Rails writes the name of a list with brackets, OpenAPI without. */
    private static List<String> queryNames(ApiRequest request) {
        return Arrays.stream(request.query().split("&"))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> URLDecoder.decode(pair.split("=", 2)[0], StandardCharsets.UTF_8))
                .map(name -> name.replace("[]", ""))
                .distinct()
                .toList();
    }
}
