package io.leadroutes.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Qualified conversations as we know them; what the CRM made of them is the CRM's to tell. */
public final class LeadList {
    /** A search looks at so many of the newest, whatever the number of all. */
    static final int SEARCHED = 5_000;

    static final int SHOWN = 50;

    /** Some match by a key of the contact's JSON only. */
    private static final int LOOKED_AT = 500;

    private static final List<String> SHOWN_OF_CONTACT = List.of("name", "email", "phone", "identifier");

    private final Database database;

    public LeadList(Database database) {
        this.database = database;
    }

    /**
     * The newest leads by column name; {@code contact} has name, email, phone and identifier.
     *
     * @param search part of one of these, in any case, or the number of the conversation or contact; empty for all
     */
    public List<Map<String, Object>> find(long accountId, String search) {
        List<Map<String, Object>> found = new ArrayList<>();
        if (search.matches("\\d{1,15}")) {
            found.addAll(byNumber(accountId, Long.parseLong(search)));
        }
        for (Map<String, Object> lead : byContact(accountId, search)) {
            boolean isThere =
                    found.stream().anyMatch(one -> one.get("conversation_id").equals(lead.get("conversation_id")));
            if (found.size() < SHOWN && !isThere && isNamed(lead, search)) {
                found.add(lead);
            }
        }
        found.forEach(lead -> lead.computeIfPresent("contact", (name, contact) -> shown((JsonNode) contact)));
        return found;
    }

    /** By the primary key and the index of contacts. */
    private List<Map<String, Object>> byNumber(long accountId, long number) {
        return database.jdbc()
                .sql("""
                        SELECT conversation_id, contact_id, contact, score, status, priority, labels, episodes, qualified_at
                        FROM conversation
                        WHERE account_id = :account AND conversation_id = :number AND qualified_at IS NOT NULL
                        UNION ALL
                        SELECT conversation_id, contact_id, contact, score, status, priority, labels, episodes, qualified_at
                        FROM conversation
                        WHERE account_id = :account AND contact_id = :number AND conversation_id <> :number
                          AND qualified_at IS NOT NULL
                        LIMIT :most""")
                .param("account", accountId)
                .param("number", number)
                .param("most", SHOWN)
                .query((rs, i) -> Records.row(rs))
                .list();
    }

    /** By the index of qualified_at; there, the account would lead H2 to go through all of its conversations. */
    private List<Map<String, Object>> byContact(long accountId, String search) {
        return database.jdbc()
                .sql("""
                        SELECT conversation_id, contact_id, contact, score, status, priority, labels, episodes, qualified_at
                        FROM (
                          SELECT account_id, conversation_id, contact_id, contact, score, status, priority, labels,
                            episodes, qualified_at
                          FROM conversation
                          WHERE qualified_at IS NOT NULL
                          ORDER BY qualified_at DESC
                          LIMIT :searched) AS newest
                        WHERE account_id = :account AND (:search = '' OR LOWER(contact) LIKE :pattern ESCAPE '!')
                        ORDER BY qualified_at DESC
                        LIMIT :most""")
                .param("account", accountId)
                .param("searched", search.isEmpty() ? SHOWN : SEARCHED)
                .param("search", search)
                .param("pattern", pattern(search))
                .param("most", LOOKED_AT)
                .query((rs, i) -> Records.row(rs))
                .list();
    }

    /** The column holds JSON: a quotation mark stands in it as JSON writes it. */
    private static String pattern(String search) {
        String json = Json.write(search.toLowerCase(Locale.ROOT));
        return "%" + json.substring(1, json.length() - 1).replaceAll("([!%_])", "!$1") + "%";
    }

    private static boolean isNamed(Map<String, Object> lead, String search) {
        String wanted = search.toLowerCase(Locale.ROOT);
        return search.isEmpty()
                || lead.get("contact") instanceof JsonNode contact
                        && SHOWN_OF_CONTACT.stream().anyMatch(name -> contact.path(name)
                                .asText()
                                .toLowerCase(Locale.ROOT)
                                .contains(wanted));
    }

    private static Map<String, String> shown(JsonNode contact) {
        Map<String, String> shown = new LinkedHashMap<>();
        SHOWN_OF_CONTACT.forEach(name -> shown.put(name, contact.path(name).asText("")));
        return shown;
    }
}
