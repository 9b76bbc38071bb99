package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.cli.AdminClient.FailedException;
import io.leadroutes.rules.Score;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the conversation view at /admin shows, in the terminal. */
@Command(
        name = "explain",
        description = {
            "Tells why a conversation is as it is: what was said, which words scored,",
            "what was sent and what came back. Asks the leadroutes that runs here."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  leadroutes explain 1580", "  leadroutes explain 1580 --json", "", DeadCommand.ENVIRONMENT},
        exitCodeList = {
            "0:done",
            "1:nothing answers, or it does not know the conversation",
            "2:wrong use or wrong settings"
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int MOST_CHARS = 200;

    private final DeadCommand.Source source;

    @Parameters(paramLabel = "CONVERSATION", description = "its number, as in the dashboard's address")
    private String conversation;

    @Option(names = "--json", description = "as JSON, with all that is known")
    private boolean isJson;

    @Mixin
    private Asked asked;

    @Spec
    private CommandSpec spec;

    /** Made by picocli. */
    ExplainCommand() {
        this(() -> RunCommand.settings(Settings.Need.ADMIN));
    }

    ExplainCommand(DeadCommand.Source source) {
        this.source = source;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!conversation.matches("[1-9]\\d{0,15}")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "CONVERSATION is \"" + Lines.plain(conversation) + "\"; expected its number, such as 1580");
        }
        try {
            Optional<JsonNode> found = asked.client(source).ask("GET", "/conversations/" + conversation, Map.of());
            if (found.isEmpty()) {
                throw new FailedException("conversation " + conversation + " is not known here");
            }
            PrintWriter out = spec.commandLine().getOut();
            if (isJson) {
                out.println(found.get().toPrettyString());
            } else {
                lines(found.get()).forEach(line -> out.println(line.stripTrailing()));
            }
            return 0;
        } catch (FailedException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private static List<String> lines(JsonNode all) {
        List<String> lines = new ArrayList<>();
        facts(all, lines);
        lines.add("");
        lines.add("Score: " + all.path("score") + " of " + Score.CAP);
        ledger(all.path("score_entries"), lines);
        lines.add("");
        lines.add("What was wished, the newest first");
        all.path("wishes").forEach(wish -> wish(wish, lines));
        all.path("dropped_values")
                .forEach(dropped -> lines.add("  " + text(dropped, "at") + "  " + text(dropped, "attribute")
                        + " not set  because of " + text(dropped, "rule") + ": " + text(dropped, "why")));
        lines.add("");
        lines.add("What happened, the newest first");
        Map<Long, JsonNode> messages = new HashMap<>();
        all.path("messages")
                .forEach(message -> messages.put(message.path("event_id").asLong(), message));
        all.path("events")
                .forEach(event -> happened(event, messages.get(event.path("id").asLong()), lines));
        return lines;
    }

    private static void facts(JsonNode all, List<String> lines) {
        lines.add("Conversation " + text(all, "conversation_id") + " with " + text(all.path("contact"), "name")
                + " (contact " + text(all, "contact_id") + ")");
        for (String name : List.of("status", "priority", "team_name", "assignee_name", "qualified_at")) {
            if (!text(all, name).isEmpty()) {
                lines.add(String.format("  %-14s %s", name.replaceFirst("_name$", ""), text(all, name)));
            }
        }
        lines.add(String.format("  %-14s %s", "labels", words(all.path("labels"))));
    }

    private static void ledger(JsonNode entries, List<String> lines) {
        int sum = 0;
        for (JsonNode entry : entries) {
            int points = entry.path("points").asInt();
            int remaining = entry.path("remaining").asInt();
            sum += remaining;
            lines.add(String.format(
                    "  %s  %+4d%s = %3d  %s%s  message %s",
                    text(entry, "at"),
                    points,
                    remaining == points ? "" : " (" + remaining + " left)",
                    Math.max(0, Math.min(Score.CAP, sum)),
                    text(entry, "rule"),
                    entry.path("matched").isEmpty() ? "" : ": " + words(entry.path("matched")),
                    text(entry, "message_id")));
        }
    }

    private static void wish(JsonNode wish, List<String> lines) {
        StringJoiner because = new StringJoiner("; ");
        for (JsonNode reason : wish.path("reasons")) {
            because.add(text(reason, "rule")
                    + (reason.path("matched").isEmpty() ? "" : ": " + words(reason.path("matched"))));
        }
        lines.add(String.format(
                "  %s  %-12s %-8s because of %s",
                text(wish, "created_at"),
                text(wish, "kind")
                        + (text(wish, "destination").equals("chatwoot") ? "" : " to " + text(wish, "destination")),
                text(wish, "state"),
                because));
        for (String answer : List.of("answer", "error")) {
            if (!text(wish, answer).isEmpty()) {
                lines.add("      " + text(wish, answer));
            }
        }
    }

    private static void happened(JsonNode event, JsonNode message, List<String> lines) {
        lines.add("  " + text(event, "received_at") + "  " + text(event, "event") + "  " + text(event, "state"));
        if (message != null) {
            lines.add("      " + text(message, "from") + ": " + text(message, "text"));
        }
        if (!text(event, "error").isEmpty()) {
            lines.add("      " + text(event, "error"));
        }
    }

    /** Fit for a terminal, and not longer than a few lines of it. */
    private static String text(JsonNode parent, String name) {
        JsonNode value = parent.path(name);
        String text = value.isNull() || value.isMissingNode() ? "" : Lines.plain(value.asText());
        return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + "...";
    }

    private static String words(JsonNode list) {
        StringJoiner words = new StringJoiner(", ");
        list.forEach(word -> words.add(Lines.plain(word.asText())));
        return words.toString();
    }
}
