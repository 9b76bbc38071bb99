package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.leadroutes.chatwoot.ChatwootException.Paused;
import io.leadroutes.chatwoot.ChatwootException.Rejected;
import io.leadroutes.chatwoot.ChatwootException.Unavailable;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.TestClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of CONTRACT section 3.1. */
class GatewayTest {
    private static final Instant NOW = Instant.parse("2026-09-01T10:00:20Z");
    private static final String BAD_TOKEN = "{\"error\":\"Invalid Access Token\"}";

    private final TestClock clock = new TestClock();
    private final Budget budget = new Budget(60, clock);
    private final TokenWatch watch = new TokenWatch(new Requests(7), clock);
    private final List<String> ended = new ArrayList<>();
    private final ObjIntConsumer<String> calls = (verb, status) -> ended.add(verb + " " + status);
    private final Gateway gateway = new Gateway("secret-token", watch, budget, clock, delivery -> true, calls);

    @BeforeEach
    void setClock() {
        clock.set(NOW);
    }

    private ApiAnswer answer(int status, String body) throws ChatwootException {
        return gateway.answer("set-labels", status, body, Optional.empty(), Optional.empty());
    }

    private Paused paused(int status, String body, String retryAfter) {
        return catchThrowableOfType(
                Paused.class,
                () -> gateway.answer("set-labels", status, body, Optional.ofNullable(retryAfter), Optional.empty()));
    }

    // ---- success

    @Test
    void aSuccessIsItsJson() throws ChatwootException {
        assertThat(answer(200, "{\"payload\":[\"a\"]}")
                        .body()
                        .path("payload")
                        .path(0)
                        .asText())
                .isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n"})
    void anEmptySuccessIsLegal(String body) throws ChatwootException {
        assertThat(answer(200, body).body().isMissingNode()).isTrue();
        assertThat(answer(204, body).status()).isEqualTo(204);
    }

    @Test
    void aNullIsASuccessThatTheCallJudges() throws ChatwootException {
        assertThat(answer(200, "null").body().isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>Sign in</html>", "{\"broken\":", "{'a':1}"})
    void aSuccessThatIsNotJsonIsAnOutage(String body) {
        assertThatThrownBy(() -> answer(200, body)).isInstanceOf(Unavailable.class);
    }

    @Test
    @Tag("invariant-12")
    void anAnswerIsToldWithoutItsBody() throws ChatwootException {
        assertThat(answer(200, "{\"content\":\"customer text\"}")).hasToString("set-labels: 200");
    }

    // ---- 429

    @Test
    @Tag("invariant-7")
    void tooManyRequestsStopAllCallsUntilTheNextMinute() {
        Paused paused = paused(429, "Retry later\n", null);

        assertThat(paused.until()).isEqualTo(Instant.parse("2026-09-01T10:01:01Z"));
        assertThat(paused.reached()).as("it never reached the application").isFalse();
        assertThat(budget.free(Urgency.ESCALATION)).isZero();
        clock.set(paused.until());
        assertThat(budget.free(Urgency.ESCALATION)).as("half of the limit").isEqualTo(30);
    }

    @ParameterizedTest
    @CsvSource({"30, 2026-09-01T10:00:50Z", "nonsense, 2026-09-01T10:01:01Z"})
    void tooManyRequestsNameTheirTimeInAHeader(String header, Instant until) {
        assertThat(paused(429, "Retry later\n", header).until()).isEqualTo(until);
    }

    @Test
    void tooManyRequestsNameTheirTimeInTheBodyInTheOriginalReference() {
        assertThat(paused(429, "{\"error\":\"Rate limit exceeded\",\"retry_after\":45}", null)
                        .until())
                .isEqualTo(NOW.plusSeconds(45));
    }

    // ---- access

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | {\"error\":\"Invalid Access Token\"}",
                "401 | {\"errors\":[\"You need to sign in or sign up before continuing.\"]}"
            })
    void aTokenThatIsRefusedStopsAllCallsButOneProbeAMinute(int status, String body) {
        Paused paused = paused(status, body, null);

        assertThat(paused.until()).isEqualTo(NOW.plusSeconds(60));
        assertThat(paused.reached()).as("it was not carried out").isFalse();
        assertThat(watch.refusedSince()).contains(NOW);
        assertThat(prepared(new Requests(7).listTeams())).isInstanceOf(Paused.class);
        assertThat(watch.probe()).as("before a minute is over").isNull();

        clock.set(NOW.plusSeconds(60));

        assertThat(prepared(watch.probe())).isNull();
        assertThat(watch.probe()).as("a second one").isNull();
        assertThat(prepared(new Requests(7).listTeams())).isInstanceOf(Paused.class);
    }

    @Test
    void aProbeThatIsRefusedKeepsTheTimeOfTheFirstRefusal() {
        paused(401, BAD_TOKEN, null);
        clock.set(NOW.plusSeconds(60));
        watch.probe();

        assertThat(paused(401, BAD_TOKEN, null).until()).isEqualTo(NOW.plusSeconds(120));

        assertThat(watch.refusedSince()).contains(NOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {} | true",
                "401 | {\"error\":\"You are not authorized to do this action\"} | true",
                "404 | {\"error\":\"Resource could not be found\"} | true",
                "403 | <html>blocked by the firewall</html> | false",
                "200 | <html>Sign in</html> | false",
                "502 | bad gateway | false",
                "429 | Retry later | false"
            })
    void onlyAnAnswerOfChatwootItselfShowsThatTheTokenWorksAgain(int status, String body, boolean works) {
        paused(401, BAD_TOKEN, null);

        var unused = catchThrowable(() -> answer(status, body));

        assertThat(watch.isRefused()).isNotEqualTo(works);
    }

    private Throwable prepared(ApiRequest request) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(request);
        return catchThrowable(() -> gateway.prepare(exchange));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | {\"error\":\"You are not authorized to do this action\"}",
                "401 | {\"error\":\"Invalid User IDs\"}",
                "403 | {\"error\":\"API access is disabled for this account\"}",
                "403 | <html>blocked by the firewall</html>",
                "402 | {\"error\":\"Upgrade your plan\"}",
                "404 | {\"error\":\"Resource could not be found\"}",
                "409 | {}",
                "422 | {\"message\":\"Title is taken\",\"attributes\":[\"title\"]}"
            })
    @Tag("invariant-9")
    void aRefusalOfThisItemIsNeverRepeatedAndStopsNothingElse(int status, String body) {
        assertThatThrownBy(() -> answer(status, body))
                .isInstanceOf(Rejected.class)
                .hasMessageStartingWith("set-labels: " + status);
        assertThat(budget.free(Urgency.ESCALATION)).isEqualTo(60);
        assertThat(watch.isRefused()).isFalse();
    }

    // ---- outages

    @ParameterizedTest
    @ValueSource(ints = {0, 301, 302, 307, 408, 500, 502, 503, 504})
    void whatMayGoBetterLaterIsAnOutage(int status) {
        assertThatThrownBy(() -> answer(status, "{\"status\":500}")).isInstanceOf(Unavailable.class);
        assertThat(budget.free(Urgency.ESCALATION)).isEqualTo(60);
    }

    @Test
    void calledAwayIsWhoDoesNotAnswerAsItShouldSinceTheFirstTime() throws Exception {
        end(200);
        assertThat(gateway.awaySince()).isEmpty();

        end(502);
        clock.advance(Duration.ofSeconds(9));
        end(0);
        assertThat(gateway.awaySince()).contains(NOW);

        end(422);
        assertThat(gateway.awaySince()).as("it looked at the request").isEmpty();
        assertThat(ended).containsExactly("x 200", "x 502", "x 0", "x 422");
    }

    @Test
    void aCallThatWasNotMadeIsNotCounted() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setVariable(Budget.SENT, false);

        gateway.ended(exchange);

        assertThat(ended).isEmpty();
    }

    private void end(int status) throws ChatwootException {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(ApiRequest.send("x", "POST", "/api/v1/x", Map.of()));
        gateway.prepare(exchange);
        if (status > 0) {
            exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        }
        gateway.ended(exchange);
    }

    @Test
    void anOutageThatNamesItsEndIsWaitedFor() {
        Paused paused = paused(503, "", "120");

        assertThat(paused.until()).isEqualTo(NOW.plusSeconds(120));
        assertThat(paused.reached()).as("it may have been carried out").isTrue();
        assertThat(budget.free(Urgency.ESCALATION)).as("it is about this call").isEqualTo(60);
    }

    @Test
    void aLongErrorPageIsCut() {
        assertThatThrownBy(() -> answer(500, "<p>\n".repeat(10_000)))
                .message()
                .hasSizeLessThan(400)
                .doesNotContain("\n");
    }

    // ---- the message

    @Test
    @Tag("invariant-12")
    @Tag("attack-11")
    void aRequestLeavesWithOurHeadersAndNoOthers() throws ChatwootException {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setHeader("CamelHttpUri", "http://169.254.169.254/");
        exchange.getMessage().setHeader("Cookie", "a=b");
        exchange.getMessage().setBody(ApiRequest.send("set-labels", "POST", "/api/v1/x", Map.of("labels", "\u00fc")));

        gateway.prepare(exchange);

        assertThat(exchange.getMessage().getHeaders())
                .containsOnlyKeys("CamelHttpMethod", "CamelHttpPath", "Accept", "Api-Access-Token", "Content-Type")
                .containsEntry("Api-Access-Token", "secret-token");
        assertThat(exchange.getMessage().getBody(byte[].class))
                .isEqualTo("{\"labels\":\"\u00fc\"}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Tag("invariant-2")
    void noCallIsMadeForAWishThatMayBeInAnotherHand() {
        Gateway late = new Gateway("secret-token", watch, budget, clock, delivery -> false, calls);
        Exchange exchange = forWish();

        Paused paused = catchThrowableOfType(Paused.class, () -> late.prepare(exchange));

        assertThat(paused.reached())
                .as("an earlier call of the same try may have been made")
                .isTrue();
        assertThat(paused.until()).isEqualTo(NOW);
    }

    @Test
    @Tag("invariant-2")
    void aProcessThatStandsStillBeforeTheRequestIsWrittenDoesNotWriteIt() throws Exception {
        AtomicBoolean isMine = new AtomicBoolean(true);
        AtomicInteger requests = new AtomicInteger();
        Gateway late = new Gateway("secret-token", watch, budget, clock, delivery -> isMine.get(), calls);
        HttpClientBuilder builder = HttpClients.custom().disableAutomaticRetries();
        late.lastLook().configureHttpClient(builder);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        HttpGet get = new HttpGet("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        try (CloseableHttpClient http = builder.build()) {
            late.prepare(forWish());
            isMine.set(false);
            assertThatThrownBy(() -> status(http, get))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("stood still");
            assertThat(requests).hasValue(0);

            Exchange read = new DefaultExchange(new DefaultCamelContext());
            read.getMessage().setBody(ApiRequest.send("x", "POST", "/api/v1/x", Map.of()));
            late.prepare(read);
            assertThat(status(http, get)).as("what is for no wish").isEqualTo(200);
            isMine.set(true);
            late.prepare(forWish());
            assertThat(status(http, get)).isEqualTo(200);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatARouteCallsByItselfIsNotHeldUpByAWishThatWasNotSent() throws Exception {
        AtomicBoolean isMine = new AtomicBoolean(true);
        Gateway late = new Gateway("secret-token", watch, budget, clock, delivery -> isMine.get(), calls);
        HttpClientBuilder builder = HttpClients.custom().disableAutomaticRetries();
        late.lastLook().configureHttpClient(builder);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        HttpGet own = new HttpGet("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        try (CloseableHttpClient http = builder.build()) {
            late.prepare(forWish());
            isMine.set(false);
            assertThatThrownBy(() -> status(http, own)).hasMessageContaining("stood still");
            assertThat(status(http, own)).as("after a wish that came too late").isEqualTo(200);

            isMine.set(true);
            assertThatThrownBy(() -> answer(401, BAD_TOKEN)).isInstanceOf(Paused.class);
            assertThatThrownBy(() -> late.prepare(forWish())).isInstanceOf(Paused.class);
            isMine.set(false);
            assertThat(status(http, own))
                    .as("after a wish that waits for the token")
                    .isEqualTo(200);
        } finally {
            server.stop(0);
        }
    }

    private static int status(CloseableHttpClient http, HttpGet get) throws IOException {
        return http.execute(get, answer -> answer.getCode());
    }

    private static Exchange forWish() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setVariable("delivery", new Delivery(1, 7, 1580, new Wish.AssignTeam("sales"), 0, NOW, 0));
        exchange.getMessage().setBody(ApiRequest.send("x", "POST", "/api/v1/x", Map.of()));
        return exchange;
    }

    @Test
    void anAnswerIsReadFromTheMessageWhateverTheCaseOfItsHeader() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setVariable("verb", "set-labels");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 429);
        exchange.getMessage().setHeader("retry-after", "7");

        Paused paused = catchThrowableOfType(Paused.class, () -> gateway.understand(exchange));

        assertThat(Duration.between(NOW, paused.until())).isEqualTo(Duration.ofSeconds(7));
    }
}
