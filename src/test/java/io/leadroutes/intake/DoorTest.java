package io.leadroutes.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A route that answers nothing by itself stands behind the door; time goes on by hand. */
@Tag("invariant-1")
class DoorTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicLong nanos = new AtomicLong();
    private final Queue<String> gaps = new ConcurrentLinkedQueue<>();
    private final Refusals refusals = new Refusals((from, to, reason) -> gaps.add(reason), Clock.systemUTC());
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final Answered answered =
            new Answered((status, event, took) -> told.add(status + " " + event + " after " + took.toMillis() + " ms"));
    private final Queue<RoutingContext> behind = new ConcurrentLinkedQueue<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpServer server;
    private Route route;

    @BeforeEach
    void open() throws Exception {
        Router router = Router.router(vertx);
        Door.install(router, vertx, refusals, answered, nanos::get);
        route = router.route("/webhooks/chatwoot")
                .handler(BodyHandler.create(false))
                .handler(behind::add);
        server = done(vertx.createHttpServer().requestHandler(router).listen(0));
    }

    @AfterEach
    void close() throws Exception {
        done(vertx.close());
    }

    private static <T> T done(Future<T> future) throws ExecutionException, InterruptedException {
        return future.toCompletionStage().toCompletableFuture().get();
    }

    @Test
    void whoHasNoAnswerInTimeIsTurnedAwayWhateverHisThreadIsDoing() {
        CompletableFuture<HttpResponse<String>> answer = send();
        awaitBehind(1);
        assertThat(answer).as("while time stands still").isNotDone();

        letTimePassUntilAnswered(answer);

        assertIsTurnedAway(answer.join());
        refusals.tell();
        assertThat(gaps).containsExactly("1 refused: not answered in time");
    }

    @Test
    void whatIsAnsweredInTimeIsNotTouchedByTheDoorAfterwards() {
        CompletableFuture<HttpResponse<String>> first = send();
        awaitBehind(1);
        RoutingContext context = behind.remove();
        context.vertx().runOnContext(there -> context.end("taken"));
        assertThat(first.join().statusCode()).isEqualTo(200);

        CompletableFuture<HttpResponse<String>> second = send();
        awaitBehind(1);
        letTimePassUntilAnswered(second);

        refusals.tell();
        assertThat(gaps).as("the second one only").containsExactly("1 refused: not answered in time");
    }

    @Test
    void eachAnswerIsToldOnceWithItsTimeAndWhatTheRouteKnewOfIt() {
        CompletableFuture<HttpResponse<String>> first = send();
        awaitBehind(1);
        RoutingContext context = behind.remove();
        answered.is(context.request(), "message_created");
        nanos.addAndGet(7_000_000);
        context.vertx().runOnContext(there -> context.end("taken"));
        first.join();
        await().untilAsserted(() -> assertThat(told).containsExactly("200 message_created after 7 ms"));

        answered.is(context.request(), "too late");
        CompletableFuture<HttpResponse<String>> second = send();
        awaitBehind(1);
        letTimePassUntilAnswered(second);
        assertIsTurnedAway(second.join());
        await().untilAsserted(() -> assertThat(told).hasSize(2));
        assertThat(told).element(1).asString().startsWith("503  after ");
    }

    @Test
    void whoComesWhenNoRouteIsThereAnyMoreIsTurnedAwayAndCounted() {
        route.remove();

        assertIsTurnedAway(send().join());

        refusals.tell();
        assertThat(gaps).containsExactly("1 refused: stopping");
    }

    @Test
    void whoComesWhenTheHouseIsFullIsTurnedAwayAtOnce() {
        List<CompletableFuture<HttpResponse<String>>> inside =
                Stream.generate(this::send).limit(Door.MAX_REQUESTS).toList();
        awaitBehind(Door.MAX_REQUESTS);

        HttpResponse<String> answer = send().join();

        assertIsTurnedAway(answer);
        assertThat(inside).noneMatch(CompletableFuture::isDone);
        assertThat(nanos).as("no time has passed").hasValue(0);
        refusals.tell();
        assertThat(gaps).containsExactly("1 refused: too many webhooks at once");
    }

    private CompletableFuture<HttpResponse<String>> send() {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.actualPort() + "/webhooks/chatwoot"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private void awaitBehind(int count) {
        await().until(() -> behind.size() == count);
    }

    private void letTimePassUntilAnswered(CompletableFuture<?> answer) {
        await().until(() -> {
            nanos.addAndGet(Door.ANSWERED_WITHIN.toNanos() + 1);
            return answer.isDone();
        });
    }

    private static void assertIsTurnedAway(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(answer.body()).isEqualTo("{\"error\":\"try again\"}");
    }
}
