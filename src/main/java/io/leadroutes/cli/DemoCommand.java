package io.leadroutes.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = {
            "Plays a scripted day of customers' conversations against a sandbox Chatwoot within this process,",
            "then shows what became of each conversation, the leads in the CRM, and the calls it took.",
            "Needs routes/ and rules.yaml in the current folder; touches nothing else."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes demo",
            "  leadroutes demo --stay --port 8080",
            "",
            "Environment:",
            "  LOG_LEVEL             default warn, so that the story can be read"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all came out as planned", "1:something did not", "2:wrong use"})
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--stay", description = "keep both running afterwards, to look around; stop with Ctrl-C")
    private boolean stay;

    @Option(names = "--port", description = "port of the webhooks and of /admin (default: any free one)")
    private int port;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Demo demo = new Demo(spec.commandLine().getOut(), port);
        boolean asPlanned;
        try {
            asPlanned = demo.play();
        } catch (IOException | InterruptedException | RuntimeException e) {
            demo.close();
            throw e;
        }
        if (stay) {
            demo.tellWhereItRuns();
            RunCommand.untilToldToStop(() -> demo, demo.stopWithin());
        }
        demo.close();
        return asPlanned ? 0 : 1;
    }
}
