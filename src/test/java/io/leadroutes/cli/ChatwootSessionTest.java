package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command's calls pass the gateway: told apart, paused and repeated as those of the product. */
@Tag("invariant-7")
class ChatwootSessionTest {
    private static final Instant NOW = Instant.parse("2026-08-01T09:00:30Z");
    private static final Requests REQUESTS = new Requests(7);

    @TempDir
    private Path folder;

    private SetupBench bench;
    private ChatwootSession session;
    private final List<Duration> waits = new ArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);

    @BeforeEach
    void start() {
        bench = new SetupBench(SandboxChatwoot.builder(), folder);
        session = open();
    }

    private ChatwootSession open() {
        return ChatwootSession.open(bench.settings(), ((InstantSource) now::get).withZone(ZoneOffset.UTC), until -> {
            waits.add(Duration.between(now.get(), until));
            now.set(until);
        });
    }

    @AfterEach
    void stop() {
        session.close();
        bench.close();
    }

    @Test
    void aCallGoesOutWithTheTokenAndComesBackAsJson() throws Exception {
        var answer = session.send(REQUESTS.listTeams());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasSize(2);
        assertThat(bench.calls()).hasSize(1);
    }

    @Test
    void apartFromTheGatewayNoRouteRuns() {
        assertThat(session.routes()).containsExactly("chatwoot-api");
    }

    @Test
    void aPauseIsWaitedOutUntilTheTimeThatItNames() throws Exception {
        bench.sandbox().failNext(1, Fault.status(429, "", Map.of("Retry-After", "7")), call -> true);
        bench.sandbox().failNext(1, Fault.status(429, "Retry later\n"), call -> true);

        session.send(REQUESTS.createTeam("night", Optional.empty(), true));

        assertThat(waits).hasSize(2).startsWith(Duration.ofSeconds(7));
        assertThat(waits.get(1))
                .as("until the server's next minute, by its own clock")
                .isBetween(Duration.ZERO, Duration.ofSeconds(62));
        assertThat(bench.sandbox().teams()).contains("night");
    }

    @Test
    void anOutageIsRepeatedAtGrowingIntervalsWhereThatIsSafe() throws Exception {
        bench.sandbox().failNext(1, Fault.status(502), call -> true);
        bench.sandbox().failNext(1, Fault.dropBeforeCommit(), call -> true);

        session.send(REQUESTS.listTeams());

        assertThat(waits).containsExactly(Duration.ofMillis(20), Duration.ofMillis(60));
    }

    @Test
    void anOutageThatLastsIsThrown() {
        bench.sandbox().failWhile(call -> true, Fault.status(503));

        assertThatThrownBy(() -> session.send(REQUESTS.listTeams()))
                .isInstanceOf(ChatwootException.Unavailable.class)
                .hasMessageContaining("list-teams: 503");
        assertThat(bench.calls()).hasSize(3);
    }

    @Test
    void whatMayHaveHadItsEffectIsNotRepeated() {
        bench.sandbox().failNext(1, Fault.dropAfterCommit(), call -> true);

        assertThatThrownBy(() -> session.send(REQUESTS.createTeam("night", Optional.empty(), true)))
                .isInstanceOf(IOException.class);
        assertThat(bench.calls()).hasSize(1);
    }

    @Test
    void aServiceThatNamesATimeMayHaveDoneIt() {
        bench.sandbox().failNext(1, Fault.status(503, "", Map.of("Retry-After", "7")), call -> true);

        assertThatThrownBy(() -> session.send(REQUESTS.createTeam("night", Optional.empty(), true)))
                .isInstanceOf(ChatwootException.Paused.class);
        assertThat(waits).isEmpty();
    }

    @Test
    void aRefusalIsThrownAtOnce() {
        assertThatThrownBy(() -> session.send(REQUESTS.deleteTeam(99)))
                .isInstanceOf(ChatwootException.Rejected.class)
                .hasMessageContaining("delete-team: 404");
        assertThat(waits).isEmpty();
    }

    @Test
    void aRefusedTokenIsThrownAtOnce() {
        bench.with("chatwoot.api-token", "stale");

        try (ChatwootSession stale = open()) {
            assertThatThrownBy(() -> stale.send(REQUESTS.listTeams())).isInstanceOf(ChatwootException.Paused.class);
        }
        assertThat(waits).isEmpty();
    }

    @Test
    void aFolderWithoutTheGatewayIsToldByName() {
        bench.with("routes.directory", folder.toString());

        assertThatThrownBy(this::open)
                .isInstanceOf(Settings.SettingsException.class)
                .hasMessageContaining("chatwoot.camel.yaml: there is no such file");
    }
}
