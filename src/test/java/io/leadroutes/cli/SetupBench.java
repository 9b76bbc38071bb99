package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import picocli.CommandLine;

/** {@code leadroutes setup} beside a sandbox, with its files in a folder of the test's. */
final class SetupBench implements AutoCloseable {
    static final String URL = "https://leadroutes.example.com/webhooks/chatwoot";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** What a run printed and how it ended. */
    record Run(int exitCode, String out, String err) {}

    private final SandboxChatwoot sandbox;
    private final Path folder;
    private final Map<String, String> settings = new HashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    SetupBench(SandboxChatwoot.Builder builder, Path folder) {
        this.sandbox = builder.start();
        this.folder = folder;
        settings.put("chatwoot.base-url", sandbox.baseUrl().toString());
        settings.put("chatwoot.api-token", sandbox.apiToken());
        settings.put("chatwoot.account-id", Long.toString(sandbox.accountId()));
        settings.put("chatwoot.rate-limit", "3000");
        settings.put("chatwoot.redelivery-delay-ms", "20");
    }

    SandboxChatwoot sandbox() {
        return sandbox;
    }

    SetupBench with(String property, String value) {
        settings.put(property, value);
        return this;
    }

    Path secretFile() {
        return folder.resolve("webhook-secret");
    }

    Path recordFile() {
        return folder.resolve("setup.json");
    }

    Settings settings() {
        Properties file = new Properties();
        file.putAll(settings);
        return Settings.load(file, Map.of(), new Properties(), Settings.Need.CALLS);
    }

    /** {@code setup} with these arguments, its files in the test's folder. */
    Run setup(String... args) {
        List<String> all = new ArrayList<>(List.of(
                "setup",
                "--secret-file",
                secretFile().toString(),
                "--record",
                recordFile().toString()));
        all.addAll(List.of(args));
        return run(all.toArray(new String[0]));
    }

    Run setupWithWebhook(String... args) {
        return setup(
                Stream.concat(Stream.of("--webhook-url", URL), Stream.of(args)).toArray(String[]::new));
    }

    Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine(new Commands())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
        return new Run(exitCode, out.toString(), err.toString());
    }

    private final class Commands implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return type == SetupCommand.class
                    ? type.cast(new SetupCommand(SetupBench.this::settings, Clock.systemUTC()))
                    : CommandLine.defaultFactory().create(type);
        }
    }

    /** What the command called that changes something, in order. */
    List<Call> writes() {
        return calls().stream().filter(Call::isWrite).toList();
    }

    /** What the command called; the test's own calls are under another name. */
    List<Call> calls() {
        return sandbox.calls(
                call -> call.headers().getOrDefault("user-agent", "").equals("leadroutes"));
    }

    /** What the account has, as an administrator of it sees it. */
    JsonNode get(String path) {
        return call("GET", path, "");
    }

    /** As somebody else who administers the account. */
    JsonNode call(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(sandbox.baseUrl() + "/api/v1/accounts/" + sandbox.accountId() + path))
                .header("Api-Access-Token", sandbox.apiToken())
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new AssertionError(method + " " + path + " answers " + answer.statusCode());
            }
            return MAPPER.readTree(answer.body().isEmpty() ? "null" : answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** One member of each item of a list, in the list's order. */
    List<String> list(String path, String member) {
        JsonNode answer = get(path);
        List<String> values = new ArrayList<>();
        (answer.isArray() ? answer : answer.path("payload"))
                .forEach(item -> values.add(item.path(member).asText()));
        return values;
    }

    /** The id of the item of a list whose member has this value. */
    long id(String path, String member, String value) {
        JsonNode answer = get(path);
        for (JsonNode item : answer.isArray() ? answer : answer.path("payload")) {
            if (item.path(member).asText().equals(value)) {
                return item.path("id").asLong();
            }
        }
        throw new AssertionError(path + " has no " + value);
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
