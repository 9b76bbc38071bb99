package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How wishes reach Chatwoot and the CRM when those are slow, away, wrong or refuse. */
class DispatchTest {
    private static final String QUALIFYING = "An enterprise with a budget wants a demo";

    private static JumpingClock clock;
    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start() {
        clock = new JumpingClock();
        product =
                Product.connected(SandboxChatwoot.builder().clock(clock), Map.of("chatwoot.rate-limit", "3000"), clock);
        sandbox = product.sandbox();
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    /** Ends the pauses that a test may have left behind, too; by whole minutes, as the server's {@code Date} is the system's. */
    @AfterEach
    void mend() {
        sandbox.clearFaults();
        clock.jump(Duration.ofMinutes(2));
    }

    @Test
    void aRequestCarriesTheTokenAndNothingOfTheWebhook() {
        long id = write("Ada Headers", QUALIFYING);

        assertThat(product.callsOf(id)).allSatisfy(call -> {
            assertThat(call.headers()).containsEntry("api-access-token", sandbox.apiToken());
            assertThat(call.headers()).containsEntry("user-agent", "leadroutes");
            assertThat(call.headers().keySet())
                    .isSubsetOf(
                            "api-access-token",
                            "accept",
                            "accept-encoding",
                            "connection",
                            "content-length",
                            "content-type",
                            "host",
                            "user-agent");
        });
    }

    @Test
    void aTeamIsAssignedWithoutNamingAnAgent() {
        long id = write("Ben Team", QUALIFYING);

        assertThat(callsOf(id, "POST", "/assignments")).singleElement().satisfies(call -> assertThat(call.body())
                .isEqualTo("{\"team_id\":2}"));
    }

    @Test
    void a429IsRepeatedWhenItsRetryAfterIsOver() {
        long id = product.conversation("Cy Retry");
        fail(1, Fault.status(429, "Retry later\n", Map.of("Retry-After", "1")), labelsOf(id));

        sandbox.customerWrites(id, "a bug");
        product.settle();

        List<Call> calls = callsOf(id, "POST", "/labels");
        assertThat(sandbox.conversation(id).labels()).containsExactly("technical-issue");
        assertThat(calls).extracting(Call::status).containsExactly(429, 200);
        assertThat(Duration.between(calls.get(0).at(), calls.get(1).at()))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(product.wish(id, "labels").path("attempts").asInt())
                .as("attempts: a 429 never reached the application")
                .isZero();
    }

    @Test
    void a429WithoutRetryAfterWaitsForTheNextMinuteAndStopsAllCalls() {
        long id = product.conversation("Dee Minute");
        long other = product.conversation("Dee Other");
        fail(1, Fault.status(429, "Retry later\n"), labelsOf(id));
        Instant before = clock.instant();

        sandbox.customerWrites(id, "a bug");
        await().until(() -> product.wish(id, "labels").path("error").asText().contains("429"));
        Instant dueAt = Instant.parse(product.wish(id, "labels").path("due_at").asText());
        sandbox.customerWrites(other, "a bug");
        await().until(() -> product.runtime().records().outbox().pending() >= 2);

        assertThat(dueAt.getEpochSecond() % 60).as("second of the minute").isOne();
        assertThat(dueAt).isBetween(before, before.plusSeconds(62));
        assertThat(product.callsOf(other)).as("calls during the pause").isEmpty();

        clock.jump(Duration.ofMinutes(2));
        product.settle();

        assertThat(sandbox.conversation(id).labels()).containsExactly("technical-issue");
        assertThat(sandbox.conversation(other).labels()).containsExactly("technical-issue");
    }

    @Test
    @Tag("invariant-5")
    @Tag("invariant-6")
    void afterAPauseOneReadServesTheAttributesOfAllThatWait() {
        long paused = product.conversation("Dee Paused");
        List<Long> others = Stream.of("Dee One", "Dee Two", "Dee Three")
                .map(product::conversation)
                .toList();
        fail(1, Fault.status(429, "Retry later\n"), isPost(paused, "/custom_attributes"));
        sandbox.customerWrites(paused, "our budget");
        await().until(() ->
                product.wish(paused, "attributes").path("error").asText().contains("429"));
        others.forEach(id -> sandbox.customerWrites(id, "our budget"));
        others.forEach(id -> sandbox.agentSetsCustomAttributes(id, Map.of("order", "A-" + id)));
        await().until(() -> sandbox.isQuiet()
                && product.runtime().records().inbox().pending() == 0
                && product.runtime().records().outbox().pending() >= 4);

        clock.jump(Duration.ofMinutes(2));
        product.settle();

        assertThat(sandbox.calls().stream().filter(call -> call.path().endsWith("/conversations/filter")))
                .hasSize(1);
        for (long id : others) {
            assertThat(product.verbsOf(id)).containsExactly("POST custom_attributes");
            assertThat(sandbox.conversation(id).customAttributes())
                    .containsOnly(Map.entry("order", "A-" + id), Map.entry("lead_score", 20));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 503, 504})
    @Tag("invariant-7")
    void anOutageIsRepeatedAndEveryTryCounts(int status) {
        long id = product.conversation("Eve Outage " + status);
        int used = used();
        int calls = sandbox.calls().size();
        fail(2, Fault.status(status), labelsOf(id));

        sandbox.customerWrites(id, "a bug");
        product.settle();

        assertThat(callsOf(id, "POST", "/labels")).extracting(Call::status).containsExactly(status, status, 200);
        assertThat(sandbox.conversation(id).labels()).containsExactly("technical-issue");
        assertThat(used() - used).as("permits").isEqualTo(sandbox.calls().size() - calls);
    }

    @Test
    @Tag("invariant-7")
    void anAttemptIsOneCallAndTwoRepetitionsAndNothingRepeatsBehindTheGateway() {
        long id = product.conversation("Flo Hidden");
        fail(5, Fault.status(503), labelsOf(id));

        sandbox.customerWrites(id, "a bug");
        product.settle();

        assertThat(callsOf(id, "POST", "/labels"))
                .extracting(Call::status)
                .containsExactly(503, 503, 503, 503, 503, 200);
        assertThat(product.wish(id, "labels").path("attempts").asInt())
                .as("attempts that failed")
                .isEqualTo(1);
    }

    @Test
    @Tag("invariant-6")
    void whatAnAgentChangesBetweenTwoTriesSurvives() {
        try (Product patient = Product.connected(
                SandboxChatwoot.builder(),
                Map.of("chatwoot.redelivery-delay-ms", "700", "chatwoot.rate-limit", "3000"))) {
            SandboxChatwoot chatwoot = patient.sandbox();
            long id = patient.conversation("Flo Patient");
            chatwoot.failNext(1, Fault.status(500), labelsOf(id));
            chatwoot.failNext(1, Fault.status(500), isPost(id, "/custom_attributes"));

            chatwoot.customerWrites(id, "the enterprise plan");
            await().until(() -> patient.verbsOf(id).contains("POST labels"));
            chatwoot.agentSetsLabels(id, "during");
            await().until(() -> patient.verbsOf(id).contains("POST custom_attributes"));
            chatwoot.agentSetsCustomAttributes(id, Map.of("order", "A-1"));
            patient.settle();

            assertThat(chatwoot.conversation(id).labels()).containsExactlyInAnyOrder("during", "enterprise-lead");
            assertThat(chatwoot.conversation(id).customAttributes())
                    .containsOnly(Map.entry("order", "A-1"), Map.entry("lead_score", 30));
        }
    }

    @Test
    void redeliveriesCanBeSwitchedOff() {
        try (Product plain = Product.connected(
                SandboxChatwoot.builder(), Map.of("chatwoot.redeliveries", "0", "chatwoot.rate-limit", "3000"))) {
            long id = plain.conversation("Flo Plain");
            plain.sandbox().failNext(2, Fault.status(503), labelsOf(id));

            plain.sandbox().customerWrites(id, "a bug");
            plain.settle();

            assertThat(plain.callsOf(id)).extracting(Call::status).containsExactly(503, 503, 200);
            assertThat(plain.wish(id, "labels").path("attempts").asInt()).isEqualTo(2);
        }
    }

    @Test
    void a503ThatNamesATimeIsNotRepeatedBeforeIt() {
        long id = product.conversation("Gus Named");
        fail(1, Fault.status(503, "", Map.of("Retry-After", "1")), labelsOf(id));

        sandbox.customerWrites(id, "a bug");
        product.settle();

        List<Call> calls = callsOf(id, "POST", "/labels");
        assertThat(calls).extracting(Call::status).containsExactly(503, 200);
        assertThat(Duration.between(calls.get(0).at(), calls.get(1).at()))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    static Stream<Fault> transportFaults() {
        return Stream.of(
                Fault.delay(Duration.ofMillis(300)),
                Fault.dropBeforeCommit(),
                Fault.dropAfterCommit(),
                Fault.closeMidBody(),
                Fault.malformedJson());
    }

    @ParameterizedTest
    @MethodSource("transportFaults")
    void labelsAndAttributesGetThereWhateverBefallsTheConnection(Fault fault) {
        long id = product.conversation("Hal " + fault.getClass().getSimpleName());
        sandbox.agentSetsLabels(id, "vip");
        fail(1, fault, labelsOf(id));
        fail(1, fault, isPost(id, "/custom_attributes"));

        sandbox.customerWrites(id, "the enterprise plan");
        product.settle();

        assertThat(sandbox.conversation(id).labels()).containsExactlyInAnyOrder("vip", "enterprise-lead");
        assertThat(sandbox.conversation(id).customAttributes()).containsEntry("lead_score", 30);
    }

    @ParameterizedTest
    @MethodSource("transportFaults")
    @Tag("invariant-2")
    void aNoteIsWrittenOnceWhateverBefallsTheConnection(Fault fault) {
        long id = product.conversation("Ida " + fault.getClass().getSimpleName());
        fail(1, fault, isPost(id, "/messages"));

        sandbox.customerWrites(id, QUALIFYING);
        product.settle();

        assertThat(sandbox.conversation(id).notes()).hasSize(1);
        assertThat(product.wish(id, "note:qualify").path("state").asText()).isEqualTo("done");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 409, 422})
    @Tag("invariant-9")
    void aRefusalIsADeadLetterAfterOneCall(int status) {
        long id = product.conversation("Jon Refused " + status);
        var refusal = sandbox.failWhile(labelsOf(id), Fault.status(status, "{\"error\":\"no such thing\"}"));

        sandbox.customerWrites(id, "a bug");
        product.settle();
        refusal.close();

        assertThat(callsOf(id, "POST", "/labels")).hasSize(1);
        JsonNode wish = product.wish(id, "labels");
        assertThat(wish.path("state").asText()).isEqualTo("dead");
        assertThat(wish.path("error").asText()).contains(Integer.toString(status), "no such thing");
        assertThat(product.admin("/admin/dead").findValuesAsText("error"))
                .anyMatch(error -> error.contains(status + " {\"error\":\"no such thing\"}"));
    }

    @Test
    @Tag("invariant-6")
    void aLabelThatAnAgentSetsWhileOursIsOnItsWaySurvives() {
        long id = product.conversation("Ada Meanwhile");
        Fault.Hang onItsWay = Fault.hang();
        fail(1, onItsWay, isPost(id, "/labels"));

        sandbox.customerWrites(id, "a bug");
        await().until(() -> !callsOf(id, "POST", "/labels").isEmpty());
        sandbox.holdDeliveries();
        sandbox.agentSetsLabels(id, "meanwhile");
        onItsWay.release();
        await().until(() -> sandbox.conversation(id).labels().contains("technical-issue"));
        List<String> replaced = sandbox.conversation(id).labels();
        sandbox.releaseDeliveries();
        product.settle();

        assertThat(replaced).as("labels are replaced whole").containsExactly("technical-issue");
        assertThat(sandbox.conversation(id).labels()).containsExactlyInAnyOrder("technical-issue", "meanwhile");
    }

    @Test
    @Tag("invariant-9")
    void anAssignmentThatAnswersNullIsADeadLetter() {
        long id = product.conversation("Lea Null");
        fail(1, Fault.status(200, "null"), isPost(id, "/assignments"));

        sandbox.customerWrites(id, QUALIFYING);
        product.settle();

        JsonNode wish = product.wish(id, "team");
        assertThat(wish.path("state").asText()).isEqualTo("dead");
        assertThat(wish.path("error").asText()).contains("assign-team: 200 null");
    }

    @Test
    @Tag("invariant-9")
    void aLeadWaitsForTheCrmAndIsWrittenOnce() throws SQLException {
        long id = product.conversation("Max Crm");
        product.crm("ALTER TABLE crm_lead RENAME TO away");
        sandbox.customerWrites(id, QUALIFYING);
        await().until(() -> product.wish(id, "lead").path("attempts").asInt() > 0);
        List<String> labels = sandbox.conversation(id).labels();

        product.crm("ALTER TABLE away RENAME TO crm_lead");
        product.settle();

        assertThat(labels).as("labels while the CRM was away").contains("qualified");
        assertThat(product.leads()).filteredOn("conversation_id", id).hasSize(1);
        assertThat(product.wish(id, "lead").path("state").asText()).isEqualTo("done");
    }

    @Test
    @Tag("invariant-9")
    void aLeadSaysWhatDoesNotFitTheTableAndIsWrittenOnceItDoes() throws SQLException {
        long id = product.conversation("Max Column");
        product.crm("ALTER TABLE crm_lead RENAME COLUMN industry TO branch");
        sandbox.customerWrites(id, QUALIFYING);
        await().until(() -> product.wish(id, "lead").path("attempts").asInt() > 0);
        JsonNode waiting = product.wish(id, "lead");

        product.crm("ALTER TABLE crm_lead RENAME COLUMN branch TO industry");
        product.settle();

        assertThat(waiting.path("state").asText()).isEqualTo("pending");
        assertThat(waiting.path("error").asText()).containsIgnoringCase("industry");
        assertThat(product.leads()).filteredOn("conversation_id", id).hasSize(1);
    }

    private static long write(String contact, String text) {
        long id = product.conversation(contact);
        sandbox.customerWrites(id, text);
        product.settle();
        return id;
    }

    private static int used() {
        return product.admin("/admin/status").path("budget").path("used").asInt();
    }

    private static void fail(int times, Fault fault, Predicate<Call> applies) {
        sandbox.failNext(times, fault, applies);
    }

    private static Predicate<Call> labelsOf(long conversation) {
        return isPost(conversation, "/labels");
    }

    private static Predicate<Call> isPost(long conversation, String end) {
        return call -> call.is("POST", "/conversations/" + conversation + end);
    }

    private static List<Call> callsOf(long conversation, String method, String end) {
        return product.callsOf(conversation).stream()
                .filter(call -> call.is(method, end))
                .toList();
    }
}
