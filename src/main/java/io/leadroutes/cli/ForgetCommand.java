package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.cli.AdminClient.FailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Erases a contact's personal data, by the admin HTTP of the leadroutes that runs. */
@Command(
        name = "forget",
        description = {
            "Erases what leadroutes knows of a contact: texts, name, addresses, the lead.",
            "Points and labels stay, so that counts do. Asks the leadroutes that runs here.",
            "Does not reach Chatwoot, backups, or what other destinations were sent."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  leadroutes forget --contact 9021", "", DeadCommand.ENVIRONMENT},
        exitCodeList = {
            "0:done",
            "1:nothing answers, it failed, or something was on its way: say it again",
            "2:wrong use or wrong settings"
        })
final class ForgetCommand implements Callable<Integer> {
    private final DeadCommand.Source source;

    @Option(
            names = "--contact",
            paramLabel = "ID",
            required = true,
            description = "the contact's number, as in the dashboard's address")
    private String contact;

    @Mixin
    private Asked asked;

    @Spec
    private CommandSpec spec;

    /** Made by picocli. */
    ForgetCommand() {
        this(() -> RunCommand.settings(Settings.Need.ADMIN));
    }

    ForgetCommand(DeadCommand.Source source) {
        this.source = source;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!contact.matches("[1-9]\\d{0,15}")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--contact is \"" + Lines.plain(contact) + "\"; expected the contact's number, such as 9021");
        }
        PrintWriter out = spec.commandLine().getOut();
        try {
            JsonNode done = asked.client(source)
                    .ask("POST", "/forget/" + contact, Map.of())
                    .orElseThrow();
            out.println("contact " + contact + ": erased the bodies of " + done.path("events") + " events, "
                    + done.path("conversations") + " conversations, " + done.path("score_entries") + " score entries, "
                    + done.path("wishes") + " wishes, " + done.path("leads") + " leads; gave up "
                    + done.path("dropped") + " that waited or were dead letters");
            if (done.path("sending").asInt() > 0) {
                out.println(done.path("sending") + " were on their way and may have arrived after this; say it again"
                        + " in a minute, so that a lead among them is erased, too");
                return 1;
            }
            return 0;
        } catch (FailedException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }
}
