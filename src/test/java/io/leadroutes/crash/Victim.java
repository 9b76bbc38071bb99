package io.leadroutes.crash;

import io.leadroutes.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.tools.Server;

/**
 * The product's process: the real {@code run}, and beside it what the harness needs. Each line of its standard input is a
 * {@link Breakpoint} at which it sends itself the signal. With the system property {@code crash.h2-port} its H2
 * databases can be read from outside while it runs.
 */
final class Victim {
    private final AtomicReference<Breakpoint> breakpoint = new AtomicReference<>();
    private final AtomicInteger times = new AtomicInteger();

    private Victim() {}

    public static void main(String[] args) throws SQLException {
        Victim victim = new Victim();
        DriverManager.registerDriver(new WatchedDriver(victim::reached));
        Thread listener = new Thread(victim::listen, "breakpoints");
        listener.setDaemon(true);
        listener.start();
        Integer h2Port = Integer.getInteger("crash.h2-port");
        if (h2Port != null) {
            Server.createTcpServer("-tcpPort", h2Port.toString(), "-ifExists", "-tcpDaemon")
                    .start();
        }
        Main.main(new String[] {"run"});
    }

    private void listen() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                times.set(0);
                breakpoint.set(Breakpoint.parse(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void reached(Breakpoint.When when, List<String> statements) {
        Breakpoint wanted = breakpoint.get();
        if (wanted != null
                && wanted.when() == when
                && statements.stream().anyMatch(sql -> sql.contains(wanted.pattern()))
                && times.incrementAndGet() == wanted.count()) {
            signal(wanted.signal());
        }
    }

    /** Other threads go on until the signal comes, as they do when it comes from outside; this one does not. */
    private static void signal(String name) {
        try {
            new ProcessBuilder(
                            "kill",
                            "-" + name,
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
