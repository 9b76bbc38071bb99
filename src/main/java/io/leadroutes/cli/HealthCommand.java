package io.leadroutes.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "health",
        description = "Asks a running leadroutes on this machine whether it is ready; for container health checks.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes health",
            "  leadroutes health --port 9877 || echo not ready",
            "",
            "Environment:",
            "  MANAGEMENT_PORT       its management port, default 9876"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ready", "1:not ready, or nothing answers", "2:wrong use"})
final class HealthCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @Option(
            names = "--port",
            description = "the management port (default: $${MANAGEMENT_PORT}, else 9876)",
            defaultValue = "${env:MANAGEMENT_PORT:-9876}")
    private int port;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        try {
            HttpResponse<String> response = ask(port);
            spec.commandLine().getOut().println(response.body());
            return response.statusCode() == 200 ? 0 : 1;
        } catch (IOException e) {
            spec.commandLine().getErr().println("nothing answers on port " + port);
            return 1;
        }
    }

    /** Asks the leadroutes of this management port on this machine whether it is ready: then it answers with 200. */
    static HttpResponse<String> ask(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/health/ready"))
                .timeout(PATIENCE)
                .build();
        return HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString());
    }
}
