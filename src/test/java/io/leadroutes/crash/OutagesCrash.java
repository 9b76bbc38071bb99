package io.leadroutes.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.store.TestDatabases.Engine;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the product relies on fails for a while, under load: the database's server, its disk, Chatwoot. */
@Tag("invariant-1")
@Tag("invariant-2")
@Tag("invariant-3")
@Tag("invariant-9")
class OutagesCrash {
    private static final long SEED = Long.getLong("crash.seed", 1);
    private static final Duration DATABASE_IS_DOWN = Duration.ofSeconds(30);
    private static final Duration CHATWOOT_IS_SILENT = Duration.ofMinutes(1);
    private static final Duration REST_WITHIN = Duration.ofMinutes(3);

    /** In an outage customers write for a moment, then nobody does for a while. */
    private static final Duration BURST = Duration.ofMillis(300);

    private static final Duration QUIET = Duration.ofSeconds(3);

    /** H2's file grows by far more than is in it: it keeps for 45 s what it has written anew elsewhere. */
    private static final int DISK_MIB = 1_024;

    private interface Outage {
        /** @return the process that serves from then on */
        Bench.Replica befall(Bench bench, Bench.Replica replica) throws Exception;
    }

    @Test
    void theDatabaseIsDownForHalfAMinute() throws Exception {
        Path place = Bench.place("outage database");
        Server server = new Server(place.resolve("pg"));
        try {
            Bench.Databases databases = Bench.Databases.server(server.create("own", ""), server.create("crm", ""));
            during("the database down", place, databases, (bench, replica) -> {
                server.stop();
                loadAtTimes(bench, replica, DATABASE_IS_DOWN);
                assertThat(bench.post().turnedAway()).as("answers 503").isPositive();
                server.start();
                return replica;
            });
        } finally {
            server.stop();
        }
    }

    @Test
    void theDiskOfH2IsFull() throws Exception {
        Path place = Bench.place("outage disk H2");
        try (SmallDisk disk = new SmallDisk(place.resolve("disk"))) {
            during("H2's disk full", place, Bench.Databases.h2(disk.folder), (bench, replica) -> {
                disk.fill();
                loadUntilTurnedAway(bench);
                loadAtTimes(bench, replica, QUIET);
                disk.free();
                // It takes nothing until a restart, which its liveness asks for; it must end when it is told to.
                replica.process().terminate();
                replica.process().awaitEnd(Duration.ofSeconds(40));
                Bench.Replica restarted = bench.start();
                restarted.process().awaitReady();
                return restarted;
            });
        }
    }

    @Test
    void theDiskOfPostgresqlIsFull() throws Exception {
        Path place = Bench.place("outage disk PostgreSQL");
        Server server = new Server(place.resolve("pg"));
        try (SmallDisk disk = new SmallDisk(place.resolve("disk"))) {
            Bench.Databases databases = Bench.Databases.server(
                    server.create("own", disk.folder.toString()), server.create("crm", disk.folder.toString()));
            during("PostgreSQL's disk full", place, databases, (bench, replica) -> {
                disk.fill();
                loadUntilTurnedAway(bench);
                loadAtTimes(bench, replica, QUIET);
                disk.free();
                return replica;
            });
        } finally {
            server.stop();
        }
    }

    @ParameterizedTest
    @EnumSource
    void chatwootAnswersNothingForAMinute(Engine engine) throws Exception {
        Path place = Bench.place("outage Chatwoot " + engine);
        during("Chatwoot silent, " + engine, place, Bench.databases(engine, place), (bench, replica) -> {
            bench.sandbox().failWhile(call -> true, Fault.hang());
            loadAtTimes(bench, replica, CHATWOOT_IS_SILENT);
            bench.sandbox().clearFaults();
            return replica;
        });
    }

    private static void during(String what, Path place, Bench.Databases databases, Outage outage) throws Exception {
        try (History history = new History(place.resolve("history.txt"));
                Bench bench = new Bench(place, databases, new Random(SEED), history, Map.of())) {
            Bench.Replica replica = bench.start();
            replica.process().awaitReady();
            try {
                bench.deliverTo(replica);
                bench.load(Duration.ofSeconds(3));
                history.remark(what);
                replica = outage.befall(bench, replica);
                history.remark("over");
                bench.deliverTo(replica);
                bench.load(Duration.ofSeconds(1));
                Report report = bench.check(replica, REST_WITHIN);

                long logged = replica.process().output().lines().count();
                System.out.println("%s: %s; %d times 503, longest answer %d ms, %d lines of log"
                        .formatted(
                                what,
                                report.numbers(),
                                bench.post().turnedAway(),
                                bench.post().longestAnswer().toMillis(),
                                logged));
                report.mustBeClean(what + ", seed " + SEED + ", history in " + place);
            } finally {
                replica.process().close();
            }
        }
    }

    private static void loadAtTimes(Bench bench, Bench.Replica replica, Duration time) {
        Instant end = Instant.now().plus(time);
        while (Instant.now().isBefore(end)) {
            // An answer that took too long has made the post believe that it is gone.
            bench.deliverTo(replica);
            bench.load(BURST);
            Bench.pause(QUIET.toMillis());
        }
    }

    private static void loadUntilTurnedAway(Bench bench) {
        bench.load(Duration.ofSeconds(60), () -> bench.post().turnedAway() > 0);
        assertThat(bench.post().turnedAway()).as("answers 503").isPositive();
    }

    /** A PostgreSQL of its own that can be stopped and started. */
    private static final class Server {
        private final Path data;
        private EmbeddedPostgres running;
        private final int port;

        Server(Path data) throws IOException {
            this.data = data;
            running = builder().start();
            port = running.getPort();
        }

        /** Told to, it keeps its data when it is stopped. */
        private EmbeddedPostgres.Builder builder() {
            return EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setPGStartupWait(Duration.ofMinutes(1))
                    .setServerConfig("fsync", "on");
        }

        /** @param folder where its tables lie; empty for the server's own */
        String create(String name, String folder) throws SQLException {
            try (Connection connection = running.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                if (folder.isEmpty()) {
                    statement.execute("CREATE DATABASE " + name);
                } else {
                    Path tables = Files.createDirectory(Path.of(folder, name));
                    statement.execute("CREATE TABLESPACE disk_" + name + " LOCATION '" + tables + "'");
                    statement.execute("CREATE DATABASE " + name + " TABLESPACE disk_" + name);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return running.getJdbcUrl("postgres", name);
        }

        void stop() throws IOException {
            running.close();
        }

        void start() throws IOException {
            running = builder().setPort(port).start();
        }
    }

    /** A file system of its own, in memory; only root may mount one. */
    private static final class SmallDisk implements AutoCloseable {
        private final Path folder;

        SmallDisk(Path folder) throws IOException, InterruptedException {
            this.folder = Files.createDirectories(folder);
            if (run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m,mode=777", "tmpfs", folder.toString()) != 0) {
                abort("a small file system cannot be mounted here: that needs root");
            }
        }

        /** No byte is left. */
        void fill() throws IOException {
            try (OutputStream ballast = Files.newOutputStream(ballast())) {
                byte[] page = new byte[4_096];
                for (int pages = 0; pages <= DISK_MIB * 256; pages++) {
                    ballast.write(page);
                }
            } catch (IOException full) {
                return;
            }
            throw new IllegalStateException("the disk took more than it has");
        }

        void free() throws IOException {
            Files.delete(ballast());
        }

        private Path ballast() {
            return folder.resolve("ballast");
        }

        @Override
        public void close() throws IOException, InterruptedException {
            run("umount", "--lazy", folder.toString());
        }

        private static int run(String... command) throws IOException, InterruptedException {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
    }
}
