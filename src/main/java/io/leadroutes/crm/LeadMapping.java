package io.leadroutes.crm;

import io.leadroutes.store.Texts;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.jdbc.JdbcConstants;

/** Makes a lead's JSON the named parameters of the statement in {@code routes/crm.camel.yaml}. */
public final class LeadMapping {
    private static final List<String> TIMES = List.of("qualified_at", "updated_at", "resolved_at");
    private static final List<String> REQUIRED = List.of("account_id", "contact_id", "conversation_id");

    /** Longest text of most columns of {@code crm_lead}, and of those that differ. */
    private static final int MAX_CHARS = 1_000;

    private static final Map<String, Integer> MAX_CHARS_OF =
            Map.of("first_message", 1_000_000, "labels", 100_000, "channel", 200, "stage", 20);

    /**
     * @param exchange with the lead as a map in its body; afterwards its parameters are the only header
     * @throws IllegalArgumentException if the lead has no contact, and so no place in the CRM
     */
    public void parameters(Exchange exchange) {
        Map<String, Object> parameters = parameters(exchange.getMessage().getBody(Map.class));
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(JdbcConstants.JDBC_PARAMETERS, parameters);
    }

    /** One more parameter, after {@link #parameters(Exchange)}. */
    @SuppressWarnings("unchecked")
    public void set(String name, Object value, Exchange exchange) {
        exchange.getMessage()
                .getHeader(JdbcConstants.JDBC_PARAMETERS, Map.class)
                .put(name, value);
    }

    Map<String, Object> parameters(Map<?, ?> lead) {
        for (String key : REQUIRED) {
            if (lead.get(key) == null) {
                throw new IllegalArgumentException("the lead's " + key + " is missing; expected a number");
            }
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        lead.forEach((key, value) -> parameters.put(String.valueOf(key), parameter(String.valueOf(key), value)));
        return parameters;
    }

    private static Object parameter(String key, Object value) {
        if (value instanceof String text) {
            return TIMES.contains(key) ? Timestamp.from(Instant.parse(text)) : text(key, text);
        }
        return value;
    }

    /** PostgreSQL's text cannot hold U+0000. */
    private static String text(String key, String text) {
        String clean = text.replace("\u0000", "");
        return Texts.cut(clean, MAX_CHARS_OF.getOrDefault(key, MAX_CHARS));
    }
}
