package io.leadroutes.crm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.jdbc.JdbcConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeadMappingTest {
    private final LeadMapping mapping = new LeadMapping();

    private static Map<String, Object> lead() {
        return new HashMap<>(Map.of("account_id", 7, "contact_id", 9021, "conversation_id", 1580));
    }

    @ParameterizedTest
    @ValueSource(strings = {"account_id", "contact_id", "conversation_id"})
    void aLeadWithoutItsKeysIsRefusedByName(String key) {
        Map<String, Object> lead = lead();
        lead.put(key, null);

        assertThatThrownBy(() -> mapping.parameters(lead))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the lead's " + key + " is missing; expected a number");
    }

    @Test
    void timesBecomeTimestampsAndNothingElseChanges() {
        Map<String, Object> lead = lead();
        lead.put("qualified_at", "2026-09-01T10:00:00.123456Z");
        lead.put("name", "O'Brien; DROP TABLE crm_lead --");
        lead.put("email", null);
        lead.put("score", 75);

        assertThat(mapping.parameters(lead))
                .containsEntry("qualified_at", Timestamp.from(Instant.parse("2026-09-01T10:00:00.123456Z")))
                .containsEntry("name", "O'Brien; DROP TABLE crm_lead --")
                .containsEntry("email", null)
                .containsEntry("score", 75)
                .containsEntry("contact_id", 9021);
    }

    @Test
    void theCharacterThatPostgresqlHasNotIsTakenOut() {
        Map<String, Object> lead = lead();
        lead.put("first_message", "a\u0000b");

        assertThat(mapping.parameters(lead)).containsEntry("first_message", "ab");
    }

    @ParameterizedTest
    @CsvSource({"name, 1000", "channel, 200", "stage, 20", "labels, 100000", "first_message, 1000000"})
    void textsAreCutToTheirColumns(String key, int max) {
        Map<String, Object> lead = lead();
        lead.put(key, "x".repeat(max + 1));

        assertThat(mapping.parameters(lead).get(key)).asString().hasSize(max);
    }

    @Test
    void aTextIsNeverCutWithinACharacter() {
        Map<String, Object> lead = lead();
        lead.put("name", "x" + "\uD83D\uDE80".repeat(600));

        String cut = (String) mapping.parameters(lead).get("name");

        assertThat(cut).hasSize(999).endsWith("\uD83D\uDE80");
    }

    @Test
    void theParametersAreTheOnlyHeader() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setHeader("anything", "else");
        exchange.getMessage().setBody(lead());

        mapping.parameters(exchange);

        assertThat(exchange.getMessage().getHeaders()).containsOnlyKeys(JdbcConstants.JDBC_PARAMETERS);
    }

    @Test
    void aParameterMoreStandsBesideTheOthers() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(lead());
        mapping.parameters(exchange);

        mapping.set("lead_id", "a1", exchange);

        assertThat(exchange.getMessage().getHeader(JdbcConstants.JDBC_PARAMETERS, Map.class))
                .isEqualTo(Map.of("account_id", 7, "contact_id", 9021, "conversation_id", 1580, "lead_id", "a1"));
    }
}
