package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.cli.AdminClient.FailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Dead letters of both queues, by the admin HTTP of the leadroutes that runs. */
@Command(
        name = "dead",
        description = {
            "Lists, retries and drops dead letters: events that failed, wishes that Chatwoot or another system refused.",
            "Asks the leadroutes that runs on this machine."
        },
        footerHeading = "%nReasons:%n",
        footer = {
            "  bad-event     event: its payload cannot be read",
            "  failed        event: five tries to handle it failed",
            "  chatwoot-404  wish: Chatwoot answered with this status; likewise others",
            "  impossible    wish: it names what is not there, or must not be repeated",
            "  gave-up       wish: 72 hours of tries",
            "  unreadable    wish: another release wrote it",
            "",
            "Examples:",
            "  leadroutes dead list",
            "  leadroutes dead retry --reason gave-up",
            "  leadroutes dead drop wish-12",
            "",
            DeadCommand.ENVIRONMENT
        })
final class DeadCommand implements Runnable {
    static final String ENVIRONMENT = """
            Environment (or application.properties, or -D):
              ADMIN_TOKEN           as the leadroutes that runs has it
              HTTP_PORT             its port, default 8080""";

    private static final int PAGE = 500;
    private static final String EXAMPLES = "%nExamples:%n";

    /** Where the settings come from. */
    @FunctionalInterface
    interface Source {
        Settings get() throws IOException;
    }

    /** Which letters. */
    static final class Choice {
        @Option(names = "--queue", paramLabel = "QUEUE", description = "only those of this queue: event or wish")
        private String queue = "";

        @Option(names = "--reason", paramLabel = "REASON", description = "only those of this reason")
        private String reason = "";

        @Option(names = "--conversation", paramLabel = "ID", description = "only those of this conversation")
        private String conversation = "";

        private Map<String, String> query() {
            return Map.of("queue", queue, "reason", reason, "conversation", conversation);
        }
    }

    @Spec
    private CommandSpec spec;

    private final Source source;

    DeadCommand() {
        this(() -> RunCommand.settings(Settings.Need.ADMIN));
    }

    DeadCommand(Source source) {
        this.source = source;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(
            description = "Lists them: events, then wishes, the newest first.",
            footerHeading = EXAMPLES,
            footer = {
                "  leadroutes dead list",
                "  leadroutes dead list --reason chatwoot-404 --conversation 1580",
                "",
                ENVIRONMENT
            })
    int list(
            @Mixin Asked asked,
            @Mixin Choice choice,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "how many at most (default: ${DEFAULT-VALUE})")
                    int limit)
            throws IOException, InterruptedException {
        AdminClient client = asked.client(source);
        Map<String, String> query = new HashMap<>(choice.query());
        int left = limit;
        try {
            JsonNode page;
            do {
                query.put("limit", Integer.toString(Math.min(left, PAGE)));
                page = client.ask("GET", "/dead", query).orElseThrow();
                page.forEach(letter -> out().println(line(letter)));
                left -= page.size();
                query.put("after", page.path(page.size() - 1).path("id").asText());
            } while (left > 0 && page.size() == PAGE);
        } catch (FailedException e) {
            return failed(e);
        }
        return 0;
    }

    private static String line(JsonNode letter) {
        return Lines.plain(String.format(
                "%-12s %-13s conversation %-8s %-20s %3s tries  %s  %s",
                letter.path("id").asText(),
                letter.path("reason").asText(),
                letter.path("conversation_id").asText(),
                letter.path("kind").asText(),
                letter.path("attempts").asText(),
                letter.path("at").asText(),
                letter.path("error").asText()));
    }

    @Command(
            description = "Puts some, or all of a reason, back into their queues, to be tried at once.",
            footerHeading = EXAMPLES,
            footer = {
                "  leadroutes dead retry wish-12 event-7",
                "  leadroutes dead retry --reason gave-up",
                "",
                ENVIRONMENT
            })
    int retry(
            @Mixin Asked asked,
            @Mixin Choice choice,
            @Parameters(paramLabel = "ID", arity = "0..*", description = "as dead list tells them, such as wish-12")
                    List<String> ids)
            throws IOException, InterruptedException {
        return act(asked, choice, ids, new Action("retried", "POST", "/retry", "/dead/retry"));
    }

    @Command(
            description = "Gives some, or all of a reason, up for good.",
            footerHeading = EXAMPLES,
            footer = {"  leadroutes dead drop wish-12", "  leadroutes dead drop --reason bad-event", "", ENVIRONMENT})
    int drop(
            @Mixin Asked asked,
            @Mixin Choice choice,
            @Parameters(paramLabel = "ID", arity = "0..*", description = "as dead list tells them, such as wish-12")
                    List<String> ids)
            throws IOException, InterruptedException {
        return act(asked, choice, ids, new Action("dropped", "DELETE", "", "/dead/drop"));
    }

    private record Action(String done, String method, String afterId, String pathOfAll) {}

    private int act(Asked asked, Choice choice, List<String> given, Action action)
            throws IOException, InterruptedException {
        List<String> ids = given == null ? List.of() : given;
        check(choice, ids);
        AdminClient client = asked.client(source);
        try {
            if (ids.isEmpty()) {
                JsonNode answer =
                        client.ask("POST", action.pathOfAll, choice.query()).orElseThrow();
                out().println(answer.path(action.done).asInt() + " " + action.done);
                return 0;
            }
            boolean isAll = true;
            for (String id : ids) {
                boolean isThere = client.ask(action.method, "/dead/" + id + action.afterId, Map.of())
                        .isPresent();
                out().println(id + (isThere ? " " + action.done : " is no dead letter"));
                isAll &= isThere;
            }
            return isAll ? 0 : 1;
        } catch (FailedException e) {
            return failed(e);
        }
    }

    private void check(Choice choice, List<String> ids) {
        for (String id : ids) {
            if (!id.matches("(event|wish)-\\d{1,18}")) {
                throw wrongUse("\"" + Lines.plain(id) + "\" is no id; expected one such as wish-12 or event-7");
            }
        }
        boolean isNarrowed = !(choice.queue + choice.reason + choice.conversation).isEmpty();
        if (ids.isEmpty() ? choice.reason.isEmpty() : isNarrowed) {
            throw wrongUse("expected either ids, or --reason and perhaps what narrows it");
        }
    }

    private ParameterException wrongUse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int failed(FailedException e) {
        spec.commandLine().getErr().println(e.getMessage());
        return 1;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
