package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The route crm-upsert-lead, called in a step and by any other route. */
class UpsertLeadTest {
    private static final String STEP = """
            - route:
                id: partners
                description: Makes a lead of whoever names the partner programme.
                from:
                  uri: direct:partners
                  steps:
                    - filter:
                        expression:
                          simple:
                            expression: "${body.text} contains 'partner'"
                        steps:
                          - to:
                              uri: kamelet:crm-upsert-lead-action
                              parameters:
                                company: A partner
                    - filter:
                        expression:
                          simple:
                            expression: "${body.text} contains 'fails'"
                        steps:
                          - throwException:
                              exceptionType: java.lang.IllegalStateException
                              message: fails
            """;

    private static Product product;

    @BeforeAll
    static void start(@TempDir Path folder) {
        product = Product.connected(
                SandboxChatwoot.builder(),
                Map.of(
                        "routes.directory",
                        Product.routesWith(folder, "partners.camel.yaml", STEP).toString(),
                        "steps.message",
                        "direct:step-tag,direct:step-score,direct:partners",
                        "chatwoot.rate-limit",
                        "3000"));
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void inAStepItIsTheLeadOfThisVeryDecision() {
        long id = product.conversation("Pat Ner");

        product.sandbox().customerWrites(id, "An enterprise as a partner");
        product.settle();

        assertThat(product.lead(id))
                .containsEntry("company", "A partner")
                .containsEntry("score", 30)
                .containsEntry("stage", "qualified")
                .containsEntry("qualified_at", null);
        assertThat((String) product.lead(id).get("labels")).contains("enterprise-lead");
    }

    @Test
    @Tag("invariant-4")
    void aStepThatFailsTakesItsLeadBack() {
        long id = product.conversation("Fa Iled");

        product.sandbox().customerWrites(id, "a partner that fails");
        product.settle();

        assertThat(product.own("SELECT id FROM outbox WHERE kind = 'lead' AND conversation_id = " + id))
                .isEmpty();
    }

    @Test
    void byAnyRouteItIsTheLeadAsLastKnownWithWhatTheRouteKnowsBetter() {
        long id = product.conversation("Any Route");
        product.sandbox().customerWrites(id, "An enterprise");
        product.settle();

        call(Map.of(
                "conversationId",
                id,
                "company",
                "Harbor Pine",
                "phone",
                "+4790012345",
                "dealValue",
                50000,
                "name",
                " "));
        product.settle();
        assertThat(product.lead(id))
                .containsEntry("name", "Any Route")
                .containsEntry("company", "Harbor Pine")
                .containsEntry("phone", "+4790012345")
                .containsEntry("deal_value", "50000")
                .containsEntry("score", 30);

        call(Map.of("conversationId", id, "industry", "Technology"));
        product.settle();
        assertThat(product.lead(id))
                .as("one row, and what was told before stays")
                .containsEntry("company", "Harbor Pine")
                .containsEntry("industry", "Technology");
    }

    @Test
    void ofAConversationThatWasNeverSeenTheContactHasToBeTold() {
        call(Map.of("conversationId", 4711, "contactId", 815, "name", "Un Seen"));
        product.settle();

        assertThat(product.leads())
                .filteredOn(row -> row.get("contact_id").equals(815L))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("name", "Un Seen"));
        assertThatThrownBy(() -> call(Map.of("conversationId", 4712)))
                .hasRootCauseMessage("contactId is missing; expected the number of a contact, as that of conversation"
                        + " 4712 is not known here");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conversationId|x|conversationId is \"x\"; expected a whole number",
                "contactId|x|contactId is \"x\"; expected a whole number",
                "email|ada|email is no e-mail address",
                "phone|90012345|phone is no phone number"
            })
    void whatIsWrongIsSaid(String header, String value, String message) {
        Map<String, Object> headers = new HashMap<>(Map.of("conversationId", 4713, "contactId", 816));
        headers.put(header, value);

        assertThatThrownBy(() -> call(headers))
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
        assertThat(product.own("SELECT id FROM outbox WHERE conversation_id = 4713"))
                .isEmpty();
    }

    private static void call(Map<String, Object> headers) {
        product.runtime().camel().createProducerTemplate().sendBodyAndHeaders("direct:crm-upsert-lead", null, headers);
    }
}
