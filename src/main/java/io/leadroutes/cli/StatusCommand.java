package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.cli.AdminClient.FailedException;
import io.leadroutes.conversation.Urgency;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the overview at /admin shows, in the terminal. */
@Command(
        name = "status",
        description = {
            "Tells what waits, what the budget allows and what is failing.",
            "Asks the leadroutes that runs on this machine."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes status",
            "  leadroutes status --url https://leadroutes.example.com",
            "",
            DeadCommand.ENVIRONMENT
        },
        exitCodeList = {
            "0:nothing is failing",
            "1:something is failing, or nothing answers",
            "2:wrong use or wrong settings"
        })
final class StatusCommand implements Callable<Integer> {
    private final DeadCommand.Source source;

    @Mixin
    private Asked asked;

    @Spec
    private CommandSpec spec;

    /** Made by picocli. */
    StatusCommand() {
        this(() -> RunCommand.settings(Settings.Need.ADMIN));
    }

    StatusCommand(DeadCommand.Source source) {
        this.source = source;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        AdminClient client = asked.client(source);
        try {
            JsonNode status = client.ask("GET", "/status", Map.of()).orElseThrow();
            JsonNode overview = client.ask("GET", "/overview", Map.of()).orElseThrow();
            PrintWriter out = spec.commandLine().getOut();
            tellQueues(out, overview);
            JsonNode calls = overview.path("chatwoot");
            out.println("calls    " + calls.path("used") + " of " + calls.path("limit") + " this minute");
            out.println("rules    version "
                    + Lines.plain(status.path("rules").path("version").asText()));
            return tellFailing(out, overview, status.path("rules")) ? 1 : 0;
        } catch (FailedException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private static void tellQueues(PrintWriter out, JsonNode overview) {
        Instant now = Instant.parse(overview.path("at").asText());
        for (JsonNode one : overview.path("queues")) {
            String state = one.path("state").asText();
            if (!state.equals("dead")) {
                boolean isInbox = one.path("queue").asText().equals("inbox");
                Duration age =
                        Duration.between(Instant.parse(one.path("oldest_at").asText()), now);
                out.printf(
                        "%-8s %s%s %s%s, the oldest %s%n",
                        isInbox ? "inbox" : "outbox",
                        one.path("count"),
                        one.path("more").asBoolean() ? "+" : "",
                        isInbox ? "events wait" : state,
                        isInbox ? "" : " for " + lane(one.path("urgency").asInt()),
                        span(age));
            }
        }
        if (waiting(overview).isEmpty()) {
            out.println("queues   nothing waits");
        }
    }

    private static List<JsonNode> waiting(JsonNode overview) {
        return StreamSupport.stream(overview.path("queues").spliterator(), false)
                .filter(one -> !one.path("state").asText().equals("dead"))
                .toList();
    }

    private static String lane(int urgency) {
        return Urgency.values()[urgency].name().toLowerCase(Locale.ROOT);
    }

    private static String span(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        return seconds < 120 ? seconds + " s" : seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
    }

    private static boolean tellFailing(PrintWriter out, JsonNode overview, JsonNode rules) {
        JsonNode chatwoot = overview.path("chatwoot");
        List<String> problems = new ArrayList<>();
        if (!chatwoot.path("token_refused_since").isNull()) {
            problems.add("Chatwoot refuses the token since "
                    + chatwoot.path("token_refused_since").asText() + "; wishes wait");
        }
        if (chatwoot.path("paused_ms").asLong() > 0) {
            problems.add("Chatwoot asked for a pause; calls go on in "
                    + span(Duration.ofMillis(chatwoot.path("paused_ms").asLong())));
        }
        rules.path("problems").forEach(problem -> problems.add("rules: " + problem.asText()));
        for (JsonNode dead : overview.path("dead")) {
            problems.add(dead.path("count") + " dead letters of the "
                    + (dead.path("queue").asText().equals("event") ? "inbox" : "outbox") + ": "
                    + dead.path("reason").asText() + ", the newest "
                    + dead.path("newest_at").asText());
        }
        for (JsonNode gap : overview.path("gaps")) {
            problems.add("webhooks may be lost from " + gap.path("from_at").asText() + " to "
                    + gap.path("to_at").asText() + ": " + gap.path("reason").asText());
        }
        problems.forEach(problem -> out.println("failing  " + Lines.plain(problem)));
        if (problems.isEmpty()) {
            out.println("failing  nothing");
        }
        return !problems.isEmpty();
    }
}
