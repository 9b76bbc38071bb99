package io.leadroutes.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leadroutes.event.Bodies;
import io.leadroutes.event.Decoded;
import io.leadroutes.intake.InboxWriter.NotStoredException;
import io.leadroutes.store.NewEvent;
import io.leadroutes.store.StoreBrokenException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("invariant-1")
class InboxWriterTest {
    private static final Consumer<List<NewEvent>> TAKES_ALL = events -> {};

    private final AtomicReference<Consumer<List<NewEvent>>> store = new AtomicReference<>(TAKES_ALL);
    private final AtomicInteger asked = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> gaps = new ConcurrentLinkedQueue<>();
    private final Refusals refusals = new Refusals((from, to, reason) -> gaps.add(reason), Clock.systemUTC());
    private final ExecutorService senders = Executors.newCachedThreadPool();
    private final InboxWriter writer = new InboxWriter(
            events -> {
                asked.incrementAndGet();
                store.get().accept(events);
            },
            Runnable::run,
            refusals,
            Clock.systemUTC());

    @AfterEach
    void close() {
        writer.close();
        senders.shutdownNow();
    }

    @Test
    void whatComesWhileAGroupIsWrittenSharesTheNext() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        List<Integer> groups = new ArrayList<>();
        store.set(events -> {
            groups.add(events.size());
            hang(disk);
        });

        List<CompletableFuture<String>> outcomes = new ArrayList<>(send(1, 10));
        await().until(() -> asked.get() == 1);
        outcomes.addAll(send(60, 10));
        disk.countDown();

        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.get()).isEqualTo("stored"));
        assertThat(groups.stream().mapToInt(size -> size).sum()).isEqualTo(61);
        assertThat(groups).as("groups").hasSizeLessThan(61);
    }

    @Test
    void aGroupThatCouldNotBeStoredIsRefusedAndTheNextIsTried() {
        store.set(events -> {
            throw new IllegalStateException("away");
        });
        assertThatThrownBy(() -> store(10)).isInstanceOf(NotStoredException.class);
        assertThat(writer.problem()).isEmpty();

        store.set(TAKES_ALL);

        assertThatCode(() -> store(10)).doesNotThrowAnyException();
    }

    @Test
    void aBrokenStoreIsNeverAskedAgain() {
        store.set(events -> {
            throw new StoreBrokenException(new IOException("fsync"));
        });
        assertThatThrownBy(() -> store(10)).isInstanceOf(NotStoredException.class);
        store.set(TAKES_ALL);

        assertThatThrownBy(() -> store(10))
                .isInstanceOf(NotStoredException.class)
                .hasMessageContaining("restart");
        assertThat(asked).hasValue(1);
        await().untilAsserted(() -> assertThat(writer.endedAt()).isPresent());
        assertThat(writer.problem().orElseThrow())
                .contains("until a restart")
                .contains("StoreBrokenException < IOException");
    }

    @Test
    @Tag("attack-12")
    void anErrorEndsTheWriterAndLeavesNobodyWaiting() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        store.set(events -> {
            hang(begun);
            throw new OutOfMemoryError("for a test");
        });
        List<CompletableFuture<String>> outcomes = send(50, 10);
        begun.countDown();

        for (CompletableFuture<String> outcome : outcomes) {
            assertThat(outcome.get()).isNotEqualTo("stored");
        }
        assertThat(writer.problem().orElseThrow()).contains("OutOfMemoryError");
    }

    @Test
    @Tag("attack-27")
    void whileTheStoreHangsEachIsRefusedInTimeAndNothingPilesUp() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        store.set(events -> hang(disk));
        int large = 1_000_000;

        Instant start = Instant.now();
        List<CompletableFuture<String>> outcomes = new ArrayList<>(send(1, large));
        await().until(() -> asked.get() == 1);
        outcomes.addAll(send(59, large));
        for (CompletableFuture<String> outcome : outcomes) {
            assertThat(outcome.get()).isNotEqualTo("stored");
        }
        Duration taken = Duration.between(start, Instant.now());
        assertThat(taken).isLessThan(Duration.ofSeconds(4));
        assertThat(outcomes.stream().map(CompletableFuture::join))
                .as("no more than fits wait at all")
                .filteredOn("too much waits for the inbox"::equals)
                .hasSizeGreaterThanOrEqualTo(60 - (int) (InboxWriter.MAX_WAITING_CHARS / large));
        assertThat(writer.isStuck()).isTrue();
        assertThatThrownBy(() -> store(10))
                .as("at once, once it is known")
                .hasMessage("the inbox is not written in time");

        AtomicInteger later = new AtomicInteger();
        store.set(events -> later.addAndGet(events.size()));
        disk.countDown();

        await().untilAsserted(() -> assertThatCode(() -> store(large)).doesNotThrowAnyException());
        assertThat(later)
                .as("events that came to the store afterwards; those given up are forgotten")
                .hasValueLessThan(5);
    }

    @Test
    @Tag("invariant-3")
    void someThatAreStoredTogetherAreOneGroupHoweverLargeTheyAre() {
        List<Integer> groups = new ArrayList<>();
        store.set(events -> groups.add(events.size()));
        NewEvent large = event((int) (InboxWriter.MAX_WAITING_CHARS / 2));

        writer.store(List.of(large, large, large), 10_000).toCompletableFuture().join();

        assertThat(groups).containsExactly(3);
    }

    @Test
    void refusalsAreToldOnceTheStoreWorksAgain() {
        refusals.add("down", new Object());

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(gaps).containsExactly("1 refused: down"));
    }

    @Test
    void refusalsAreToldAtTheEnd() {
        refusals.add("down", new Object());

        writer.close();

        assertThat(gaps).containsExactly("1 refused: down");
    }

    private List<CompletableFuture<String>> send(int count, int chars) {
        return IntStream.range(0, count)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> outcome(chars), senders))
                .toList();
    }

    private String outcome(int chars) {
        try {
            store(chars);
            return "stored";
        } catch (NotStoredException e) {
            return e.getMessage();
        }
    }

    private void store(int chars) throws NotStoredException {
        try {
            writer.store(event(chars), InboxWriter.ANSWER_WITHIN_MS)
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw (NotStoredException) e.getCause();
        }
    }

    private static NewEvent event(int chars) {
        Decoded decoded = Bodies.message(1, 2, "hello").decoded();
        return new NewEvent(
                decoded.event(), Bodies.ACCOUNT, "x".repeat(chars), Optional.empty(), Optional.empty(), Instant.EPOCH);
    }

    private static void hang(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
