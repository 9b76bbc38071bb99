package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The route lead-outcome, called by any route and over HTTP: how a deal ended comes back to Chatwoot. */
class LeadOutcomeTest {
    private static final String LEAD = "An enterprise with a budget wants a demo";

    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start() {
        product = Product.connected(SandboxChatwoot.builder(), Map.of("deal.labels", "Deal-Won,lost"));
        sandbox = product.sandbox();
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    @Tag("invariant-6")
    void aWonDealIsShownInItsConversation() {
        long id = product.conversation("Wi Nner");
        sandbox.agentSetsLabels(id, "vip");
        sandbox.agentSetsCustomAttributes(id, Map.of("order", "A-1"));
        product.settle();

        call(Map.of("outcome", "won", "conversationId", id, "dealValue", "50000.0"));
        product.settle();

        assertThat(sandbox.conversation(id).labels()).containsExactlyInAnyOrder("vip", "deal-won");
        assertThat(sandbox.conversation(id).customAttributes())
                .containsEntry("order", "A-1")
                .containsEntry("deal_outcome", "won")
                .containsEntry("deal_value", 50000);
        assertThat(product.wish(id, "labels").path("reasons").toString()).contains("outcome", "won");
    }

    @Test
    @Tag("invariant-5")
    void toldAgainItCostsNothing() {
        long id = product.conversation("Ag Ain");
        Map<String, Object> won = Map.of("outcome", "won", "conversationId", id);
        call(won);
        product.settle();
        sandbox.clearCalls();

        call(won);
        product.settle();

        assertThat(product.callsOf(id)).isEmpty();
    }

    @Test
    void anOutcomeThatIsPutRightTakesTheOtherLabelAway() {
        long id = product.conversation("Co Rrected");
        call(Map.of("outcome", "won", "conversationId", id, "dealValue", 1000));
        product.settle();

        call(Map.of("outcome", "LOST", "conversationId", id));
        product.settle();

        assertThat(sandbox.conversation(id).labels()).containsExactly("lost");
        assertThat(sandbox.conversation(id).customAttributes())
                .containsEntry("deal_outcome", "lost")
                .containsEntry("deal_value", 1000);
    }

    @Test
    void aContactsOutcomeIsShownWhereItQualifiedLast() {
        long contact = sandbox.addContact("Tw Ice", "tw.ice@harborpine.example");
        long first = sandbox.addConversation(contact);
        long last = sandbox.addConversation(contact);
        long other = sandbox.addConversation(contact);
        for (long id : new long[] {first, last}) {
            sandbox.customerWrites(id, LEAD);
            product.settle();
        }
        sandbox.customerWrites(other, "hello");
        product.settle();

        call(Map.of("outcome", "lost", "contactId", contact));
        product.settle();

        assertThat(sandbox.conversation(last).labels()).contains("lost");
        assertThat(sandbox.conversation(first).labels()).doesNotContain("lost");
        assertThat(sandbox.conversation(other).labels()).doesNotContain("lost");
        assertThat(product.lead(last))
                .as("stages are those of the conversation")
                .containsEntry("stage", "qualified");
    }

    @Test
    void itIsTakenOverHttp() {
        long id = product.conversation("Ht Tp");

        HttpResponse<String> answer =
                post("{\"outcome\":\"won\",\"conversation_id\":" + id + ",\"deal_value\":1299.90}");
        product.settle();

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"taken\":true}");
        assertThat(sandbox.conversation(id).labels()).containsExactly("deal-won");
        assertThat(sandbox.conversation(id).customAttributes()).containsEntry("deal_value", 1299.9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"outcome\":\"maybe\",\"conversation_id\":7} | outcome is \\\"maybe\\\"; expected one of won, lost",
                "{\"conversation_id\":7} | outcome is missing",
                "{\"outcome\":\"won\"} | conversationId and contactId are missing; expected one of them",
                "{\"outcome\":\"won\",\"contact_id\":424242} | contactId is \\\"424242\\\"; expected a contact with",
                "{\"outcome\":\"won\",\"conversation_id\":7,\"deal_value\":-1} | dealValue is \\\"-1\\\"; expected an amount",
                "{\"outcome\":\"won\",\"conversation_id\":7,\"value\":1} | a key is not known; expected contact_id, ",
                "[] | the body is no object",
                "{ | not JSON",
            })
    void whatIsWrongIsSaidAndNothingIsAskedFor(String body, String error) {
        HttpResponse<String> answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"error\":\"" + error);
        assertThat(product.own("SELECT id FROM outbox WHERE conversation_id = 7"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"x", "-1", "1e400", "10000000000", "1.5.2", "NaN"})
    void anAmountIsANumber(String value) {
        Map<String, Object> headers = new HashMap<>(Map.of("outcome", "won", "conversationId", 7, "dealValue", value));

        assertThatThrownBy(() -> call(headers))
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("dealValue is \"" + value + "\"; expected an amount from 0 to 9999999999");
    }

    private static void call(Map<String, Object> headers) {
        product.runtime().camel().createProducerTemplate().sendBodyAndHeaders("direct:lead-outcome", null, headers);
    }

    private static HttpResponse<String> post(String body) {
        return product.send(product.adminRequest("/admin/outcome").POST(BodyPublishers.ofString(body)));
    }
}
