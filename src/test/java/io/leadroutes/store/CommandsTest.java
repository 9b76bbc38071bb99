package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.conversation.Wish;
import io.leadroutes.conversation.Wish.ChangeLabels;
import io.leadroutes.store.TestDatabases.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class CommandsTest {
    private static final long A = 1580;
    private static final List<Wish> WISHES =
            List.of(ChangeLabels.add(List.of("vip")), new Wish.Note("a-note", "Signed today."));

    @Parameter
    Engine engine;

    private Store store;
    private Commands commands;

    @BeforeEach
    void open() {
        store = new Store(engine);
        commands = new Commands(store.database, store.outbox, store.clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<Long> take(String id) {
        return commands.take(id, Store.ACCOUNT, A, WISHES);
    }

    @Test
    @Tag("invariant-2")
    void oneThatComesAgainAddsNothingAndIsToldTheRowsOfTheFirstTime() {
        List<Long> first = take("crm-1");

        assertThat(first).hasSize(2);
        assertThat(store.rows("SELECT id FROM outbox ORDER BY id"))
                .extracting(row -> row.get("id"))
                .containsExactlyElementsOf(first.stream().map(id -> (Object) id).toList());
        assertThat(take("crm-1")).isEqualTo(first);
        assertThat(store.count("outbox")).isEqualTo(2);
        assertThat(store.rows("SELECT reasons FROM outbox").toString()).contains("command", "crm-1");
    }

    @Test
    void anotherOneIsMergedIntoWhatWaits() {
        List<Long> first = take("crm-1");
        List<Long> second = take("crm-2");

        assertThat(second).isEqualTo(first);
    }

    @Test
    @Tag("invariant-2")
    void ofTwoAtOnceOneIsCarriedOut() {
        List<CompletableFuture<List<Long>>> taken = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            taken.add(Async.supply(() -> take("crm-1")));
        }

        assertThat(taken.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        assertThat(store.count("outbox")).isEqualTo(2);
    }

    @Test
    void whatCouldNotBeStoredIsNotKnown() {
        List<Wish> tooLong = List.of(WISHES.get(0), new Wish.Note("a-note", "x".repeat(1_000_000)));

        assertThatThrownBy(() -> commands.take("crm-1", Store.ACCOUNT, A, tooLong))
                .isInstanceOf(Exception.class);

        assertThat(store.count("outbox")).isZero();
        assertThat(store.count("command")).isZero();
        assertThat(take("crm-1")).hasSize(2);
    }

    @Test
    void itIsKnownForAsLongAsWhatIsDoneIsKept() {
        Retention retention = new Retention(store.database, store.clock, store.clock::instant, Duration.ofDays(7));
        take("crm-1");

        store.clock.advance(Duration.ofDays(7));
        retention.prune();
        assertThat(store.count("command")).isEqualTo(1);

        store.clock.advance(Duration.ofDays(1).plusSeconds(1));
        retention.prune();
        assertThat(store.count("command")).isZero();
    }
}
