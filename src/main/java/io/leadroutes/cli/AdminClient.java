package io.leadroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Asks a leadroutes that runs, by its {@code /admin}: an H2 file is its alone while it does. */
final class AdminClient {
    /** A bulk command may take its time. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final URI base;
    private final String token;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private AdminClient(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    /**
     * Asks the leadroutes at an address, or the one on this machine.
     *
     * @param url null for the one on this machine
     * @throws ParameterException if the address is none
     */
    static AdminClient of(Settings settings, String url, CommandLine command) {
        String address = url == null ? "http://127.0.0.1:" + settings.text("camel.server.port") : url;
        if (!address.matches("https?://[^\\s?#]+")) {
            throw new ParameterException(
                    command, "--url is \"" + Lines.address(address) + "\"; expected one such as http://127.0.0.1:8080");
        }
        return new AdminClient(URI.create(address.replaceAll("/+$", "")), settings.text("admin.token"));
    }

    /**
     * The answer; absent if what the path names is not there.
     *
     * @param path below {@code /admin}
     * @param query empty values are left out
     * @throws FailedException if nothing answers, or it refuses
     */
    Optional<JsonNode> ask(String method, String path, Map<String, String> query)
            throws FailedException, InterruptedException {
        HttpResponse<String> answer = send(method, path, query);
        try {
            return switch (answer.statusCode()) {
                case 200 -> Optional.of(Json.tree(answer.body()));
                case 401 ->
                    throw new FailedException("the leadroutes at " + base + " has another admin.token (ADMIN_TOKEN)");
                case 404 -> {
                    if (send("GET", "/status", Map.of()).statusCode() == 404) {
                        throw new FailedException(
                                "the leadroutes at " + base + " has no admin.token; set ADMIN_TOKEN there");
                    }
                    yield Optional.empty();
                }
                default ->
                    throw new FailedException("the leadroutes at " + base + " answers " + answer.statusCode() + " "
                            + Lines.plain(Json.tree(answer.body()).path("error").asText()));
            };
        } catch (JsonProcessingException e) {
            throw new FailedException(base + " is not a leadroutes: its answer is not JSON");
        }
    }

    private HttpResponse<String> send(String method, String path, Map<String, String> query)
            throws FailedException, InterruptedException {
        String all = query.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(base + "/admin" + path + (all.isEmpty() ? "" : "?" + all)))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token)
                .method(method, BodyPublishers.noBody())
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new FailedException("nothing answers at " + base
                    + "; this asks a leadroutes that runs: start it, or name its port or address (HTTP_PORT, --url)");
        }
    }

    /** The message is for the operator. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }
}
