package io.leadroutes.cli;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which leadroutes a command asks; mixed into those that ask one. */
final class Asked {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "the leadroutes to ask (default: this machine, HTTP_PORT)")
    private String url;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    AdminClient client(DeadCommand.Source source) throws IOException {
        return AdminClient.of(source.get(), url, spec.commandLine());
    }
}
