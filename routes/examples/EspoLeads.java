// Leads into a CRM with a REST API, here EspoCRM: found, else created, else filled in. In Java, because each answer is judged.
// Install: copy this file into routes/, set ON_LEAD_QUALIFIED=direct:crm-espo, and start again. It needs a JDK, not only a JRE.
// Settings: espo.url (ESPO_URL) such as https://crm.example.com, espo.api-key (ESPO_API_KEY) of an API user who may read, create
//   and edit Leads. In the Entity Manager, give Lead the text fields chatwootContact, chatwootStage and chatwootUrl and the
//   integer chatwootScore, which the API calls cChatwootContact and so on.
// A lead is found by cChatwootContact, else by phone number, else by e-mail address; what may be two, or is linked with another
// contact, is set aside as a dead letter that names them, and so is what Espo takes for a duplicate (409) or refuses (other 4xx)
// and an answer that is none. What passes (5xx, 408, 429, no answer) or is to be put right there (401, 403) is repeated by the
// outbox. Told again, it finds what it created, also when that answer was lost, and writes nothing that is so already.
// Espo's people own what it shows of a person: only what is empty is filled in. Of a merged contact, the lead goes along.
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.crm.LeadIdentity;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.dataformat.JsonLibrary;

public class EspoLeads extends RouteBuilder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EXTERNAL = "cChatwootContact";
    private static final String FIELDS = "id,lastName,emailAddress,phoneNumber,accountName,description,"
            + "cChatwootContact,cChatwootScore,cChatwootStage,cChatwootUrl";
    private static final Set<Integer> PASSING = Set.of(401, 403, 408, 429);

    private final LeadIdentity identity = new LeadIdentity();
    private ProducerTemplate calls;

    @Override
    public void configure() {
        calls = getContext().createProducerTemplate();
        from("direct:crm-espo")
                .routeId("crm-espo")
                .routeDescription("Creates a lead in EspoCRM, or fills in the one that it is.")
                .unmarshal()
                .json(JsonLibrary.Jackson, Map.class)
                .process(this::upsert);
        from("direct:crm-espo-call")
                .routeId("crm-espo-call")
                .routeDescription("Calls EspoCRM's API.")
                .errorHandler(noErrorHandler())
                .setHeader("X-Api-Key", constant("{{espo.api-key}}"))
                .setHeader(Exchange.CONTENT_TYPE, constant("application/json"))
                .to("{{espo.url}}?bridgeEndpoint=true&throwExceptionOnFailure=false")
                .convertBodyTo(String.class);
    }

    private void upsert(Exchange exchange) {
        Map<?, ?> lead = exchange.getMessage().getBody(Map.class);
        String external = identity.external(lead.get("account_id"), lead.get("contact_id"));
        String former = identity.external(lead.get("account_id"), lead.get("former_contact_id"));
        Map<String, Object> found = identity.one(candidates(lead, external, former), EXTERNAL, external, former);
        Map<String, Object> fields = new LinkedHashMap<>();
        fill(fields, found, "lastName", first(lead, "name", "email", "phone"));
        fill(fields, found, "emailAddress", lead.get("email"));
        fill(fields, found, "phoneNumber", lead.get("phone"));
        fill(fields, found, "accountName", lead.get("company"));
        fill(fields, found, "description", lead.get("first_message"));
        set(fields, found, EXTERNAL, external);
        set(fields, found, "cChatwootScore", lead.get("score"));
        set(fields, found, "cChatwootStage", lead.get("stage"));
        set(fields, found, "cChatwootUrl", lead.get("conversation_url"));
        if (found.isEmpty()) {
            call("POST", "/api/v1/Lead", "", fields);
        } else if (!fields.isEmpty()) {
            call("PUT", "/api/v1/Lead/" + found.get("id"), "", fields);
        }
    }

    /** Every lead that may be this one. By phone and e-mail only if none is linked with the contact. */
    private List<Map<String, Object>> candidates(Map<?, ?> lead, String external, String former) {
        List<Map<String, Object>> found = new ArrayList<>(find(EXTERNAL, external));
        if (found.isEmpty()) {
            found.addAll(find(EXTERNAL, former));
        }
        if (found.isEmpty()) {
            Map<Object, Map<String, Object>> byId = new LinkedHashMap<>();
            find("phoneNumber", lead.get("phone")).forEach(one -> byId.put(one.get("id"), one));
            find("emailAddress", lead.get("email")).forEach(one -> byId.put(one.get("id"), one));
            found.addAll(byId.values());
        }
        return found;
    }

    private List<Map<String, Object>> find(String attribute, Object value) {
        String text = value == null ? "" : value.toString().strip();
        if (text.isEmpty()) {
            return List.of();
        }
        Map<?, ?> answer = call(
                "GET",
                "/api/v1/Lead",
                "select=" + FIELDS + "&maxSize=10&where%5B0%5D%5Btype%5D=equals&where%5B0%5D%5Battribute%5D=" + attribute
                        + "&where%5B0%5D%5Bvalue%5D=" + URLEncoder.encode(text, StandardCharsets.UTF_8),
                null);
        List<Map<String, Object>> records = new ArrayList<>();
        if (!(answer.get("list") instanceof List<?> list)) {
            throw new IllegalArgumentException("EspoCRM answers a search without a list");
        }
        for (Object item : list) {
            Map<String, Object> record = new LinkedHashMap<>();
            ((Map<?, ?>) item).forEach((key, field) -> record.put(String.valueOf(key), field));
            records.add(record);
        }
        return records;
    }

    private Map<?, ?> call(String method, String path, String query, Map<String, Object> fields) {
        Exchange answer = calls.request("direct:crm-espo-call", exchange -> {
            exchange.getMessage().setHeader(Exchange.HTTP_METHOD, method);
            exchange.getMessage().setHeader(Exchange.HTTP_PATH, path);
            if (!query.isEmpty()) {
                exchange.getMessage().setHeader(Exchange.HTTP_RAW_QUERY, query);
            }
            exchange.getMessage().setBody(fields == null ? null : json(fields));
        });
        if (answer.getException() != null) {
            throw new IllegalStateException("EspoCRM does not answer", answer.getException());
        }
        int status = answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (status >= 500 || PASSING.contains(status)) {
            throw new IllegalStateException("EspoCRM answers " + status);
        }
        if (status >= 300) {
            throw new IllegalArgumentException("EspoCRM answers " + status + " to " + method);
        }
        return read(answer);
    }

    private static void fill(Map<String, Object> fields, Map<String, Object> found, String field, Object value) {
        Object there = found.get(field);
        if (value != null && (there == null || there.toString().isBlank())) {
            fields.put(field, value);
        }
    }

    private static void set(Map<String, Object> fields, Map<String, Object> found, String field, Object value) {
        if (!Objects.equals(found.get(field), value)) {
            fields.put(field, value);
        }
    }

    private static Object first(Map<?, ?> lead, String... keys) {
        for (String key : keys) {
            if (lead.get(key) != null) {
                return lead.get(key);
            }
        }
        return "Chatwoot";
    }

    private static String json(Object fields) {
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the lead is not JSON", e);
        }
    }

    private static Map<?, ?> read(Exchange answer) {
        try {
            return JSON.readValue(answer.getMessage().getBody(String.class), Map.class);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException("EspoCRM's answer is no JSON object", e);
        }
    }
}
