package io.leadroutes.crm;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.store.Database;
import io.leadroutes.store.Json;
import io.leadroutes.store.Leads;
import io.leadroutes.store.TestDatabases;
import io.leadroutes.store.TestDatabases.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** The statements that engineers edit, as they stand in their routes. */
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class CrmUpsertTest {
    private static final String UPSERT = statement("lead-statement");
    private static final List<String> MERGE =
            List.of(statement("lead-of-both-statement"), statement("former-lead-statement"));
    private static final String FORGET = statement("forget-statement");

    @Parameter
    Engine engine;

    private Database database;
    private NamedParameterJdbcTemplate jdbc;

    @BeforeEach
    void open() {
        database = TestDatabases.crm(engine);
        jdbc = new NamedParameterJdbcTemplate(database.dataSource());
    }

    @AfterEach
    void close() {
        if (database != null) {
            database.close();
        }
    }

    /** The constant of the step of this id, as Spring writes parameters. */
    private static String statement(String id) {
        try {
            Object yaml = new Load(LoadSettings.builder().build())
                    .loadFromString(Files.readString(Path.of("routes/crm.camel.yaml")));
            return constants(yaml, id).stream().findFirst().orElseThrow().replace(":?", ":");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> constants(Object node, String id) {
        if (node instanceof Map<?, ?> map) {
            return id.equals(map.get("id"))
                    ? texts(map)
                    : map.values().stream()
                            .flatMap(v -> constants(v, id).stream())
                            .toList();
        }
        return node instanceof List<?> list
                ? list.stream().flatMap(v -> constants(v, id).stream()).toList()
                : List.of();
    }

    private static List<String> texts(Map<?, ?> setBody) {
        Map<?, ?> constant = (Map<?, ?>) ((Map<?, ?>) setBody.get("expression")).get("constant");
        return List.of((String) constant.get("expression"));
    }

    /** As it comes out of the outbox. */
    private static Map<String, Object> lead() {
        try {
            return new HashMap<>(Json.map(Json.tree(Json.write(Leads.of(1580)))));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void upsert(Map<String, Object> lead) {
        Map<String, Object> parameters = new LeadMapping().parameters(lead);
        if (parameters.get("former_contact_id") != null) {
            MERGE.forEach(statement -> jdbc.update(statement, parameters));
        }
        jdbc.update(UPSERT, parameters);
    }

    /** By hand, in the CRM. */
    private void edit(String assignments) {
        jdbc.getJdbcOperations().update("UPDATE crm_lead SET " + assignments);
    }

    private static Map<String, Object> with(Map<String, Object> lead, String key, Object value) {
        lead.put(key, value);
        return lead;
    }

    private Map<String, Object> row() {
        return jdbc.getJdbcOperations().queryForMap("SELECT * FROM crm_lead");
    }

    @Test
    void aLeadBecomesARowWithAllItsColumns() {
        upsert(lead());

        assertThat(row())
                .containsEntry("account_id", 7L)
                .containsEntry("contact_id", 9021L)
                .containsEntry("conversation_id", 1580L)
                .containsEntry("name", "Jonas Feld")
                .containsEntry("email", "jonas@example.org")
                .containsEntry("company_size", "51-200")
                .containsEntry("deal_value", "50000.0")
                .containsEntry("score", 75)
                .containsEntry("stage", "qualified")
                .containsEntry("labels", "qualified,hot-lead")
                .containsEntry("first_message", "Hello")
                .containsEntry("resolved_at", null);
        assertThat(jdbc.getJdbcOperations().queryForObject("SELECT qualified_at FROM crm_lead", Timestamp.class))
                .isEqualTo(Timestamp.from(Instant.parse("2026-09-01T10:00:00Z")));
    }

    @Test
    @Tag("invariant-2")
    void howeverOftenALeadComesThereIsOneRow() {
        upsert(lead());
        upsert(lead());
        Map<String, Object> otherConversation = lead();
        otherConversation.put("conversation_id", 1600);
        otherConversation.put("score", 100);
        otherConversation.put("stage", "resolved");
        otherConversation.put("resolved_at", "2026-09-02T10:00:00Z");
        upsert(otherConversation);

        assertThat(row())
                .containsEntry("conversation_id", 1600L)
                .containsEntry("score", 100)
                .containsEntry("stage", "resolved");
    }

    @Test
    void anotherContactAndAnotherAccountHaveTheirOwnRow() {
        upsert(lead());
        Map<String, Object> contact = lead();
        contact.put("contact_id", 9022);
        upsert(contact);
        Map<String, Object> account = lead();
        account.put("account_id", 8);
        upsert(account);

        assertThat(jdbc.getJdbcOperations().queryForObject("SELECT COUNT(*) FROM crm_lead", Long.class))
                .isEqualTo(3);
    }

    @Test
    @Tag("invariant-6")
    void whatIsNotKnownErasesNothing() {
        upsert(lead());
        Map<String, Object> poor = lead();
        for (String key : List.of("name", "email", "phone", "company", "company_size", "industry", "deal_value")) {
            poor.put(key, null);
        }
        poor.put("first_message", "later");
        poor.put("qualified_at", "2026-10-01T10:00:00Z");
        upsert(poor);

        assertThat(row())
                .containsEntry("name", "Jonas Feld")
                .containsEntry("phone", "+4790012345")
                .containsEntry("company", "Nordlys")
                .containsEntry("industry", "boats")
                .containsEntry("first_message", "Hello");
        assertThat(jdbc.getJdbcOperations().queryForObject("SELECT qualified_at FROM crm_lead", Timestamp.class))
                .as("the first time")
                .isEqualTo(Timestamp.from(Instant.parse("2026-09-01T10:00:00Z")));
    }

    // ---- whose a field is

    static final List<String> SHARED =
            List.of("name", "email", "phone", "company", "company_size", "industry", "deal_value");

    @ParameterizedTest
    @FieldSource("SHARED")
    @Tag("invariant-6")
    void whatTheCrmsPeopleChangedIsNotOverwritten(String field) {
        upsert(lead());
        edit(field + " = 'by hand'");

        upsert(with(lead(), field, "newer"));
        upsert(with(with(lead(), field, "newest"), "score", 90));

        assertThat(row()).containsEntry(field, "by hand").containsEntry("score", 90);
    }

    @ParameterizedTest
    @FieldSource("SHARED")
    @Tag("invariant-6")
    void whatTheyEmptiedOrFilledInStaysSo(String field) {
        upsert(with(lead(), field, null));
        edit(field + " = 'by hand'");
        upsert(with(lead(), field, "told for the first time"));
        assertThat(row()).as("filled in").containsEntry(field, "by hand");

        edit(field + " = NULL");
        upsert(with(lead(), field, "told again"));
        assertThat(row()).as("emptied").containsEntry(field, null);
    }

    @ParameterizedTest
    @FieldSource("SHARED")
    void whatTheyLeftAloneFollowsTheCustomer(String field) {
        upsert(lead());
        edit((field.equals("name") ? "email" : "name") + " = 'by hand'");

        upsert(with(lead(), field, "newer"));
        upsert(with(lead(), field, null));

        assertThat(row()).containsEntry(field, "newer").containsEntry("told_" + field, "newer");
    }

    @Test
    void aFieldThatAgreesAgainIsFollowedAgain() {
        upsert(lead());
        edit("company = 'Nordlys AS'");
        upsert(with(lead(), "company", "Nordlys AS"));

        upsert(with(lead(), "company", "Nordlys Group"));

        assertThat(row()).containsEntry("company", "Nordlys Group");
    }

    @Test
    void stageAndScoreAreOurs() {
        upsert(lead());
        edit("stage = 'won', score = 1, labels = 'x'");

        upsert(lead());

        assertThat(row()).containsEntry("stage", "qualified").containsEntry("score", 75);
        assertThat(row()).containsEntry("labels", "qualified,hot-lead");
    }

    @Test
    @Tag("invariant-12")
    void whatIsForgottenIsNotKeptAsTold() {
        upsert(lead());

        jdbc.update(FORGET, Map.of("account_id", 7, "contact_id", 9021));

        assertThat(row().toString()).doesNotContain("Jonas", "jonas", "+479", "Nordlys", "boats", "Hello");
        assertThat(row()).containsEntry("score", 75).containsEntry("deal_value", null);
    }

    // ---- contacts that are merged

    @Test
    @Tag("invariant-6")
    void aLeadMovesToTheContactThatItsOwnWasMergedIntoWithWhatWasChangedByHand() {
        upsert(lead());
        edit("company = 'by hand'");
        Map<String, Object> moved = with(with(lead(), "contact_id", 9022), "former_contact_id", 9021);

        upsert(with(moved, "company", "Newer"));
        upsert(moved);

        assertThat(row())
                .containsEntry("contact_id", 9022L)
                .containsEntry("company", "by hand")
                .containsEntry("name", "Jonas Feld")
                .containsEntry("first_message", "Hello");
    }

    @Test
    @Tag("invariant-2")
    void twoLeadsOfMergedContactsBecomeTheSurvivingOnes() {
        upsert(with(with(lead(), "contact_id", 9022), "company", null));
        edit("name = 'by hand'");
        upsert(lead());
        edit("company = 'Nordlys AS' WHERE contact_id = 9021");
        Map<String, Object> moved = with(with(lead(), "contact_id", 9022), "former_contact_id", 9021);

        upsert(with(moved, "industry", "ships"));

        assertThat(row())
                .containsEntry("contact_id", 9022L)
                .containsEntry("name", "by hand")
                .as("what only the other one's row had, by hand")
                .containsEntry("company", "Nordlys AS")
                .containsEntry("industry", "ships");
    }

    @Test
    void aLeadOfWhichLittleIsKnownIsARowToo() {
        Map<String, Object> lead = lead();
        lead.replaceAll(
                (key, value) -> List.of("account_id", "contact_id", "conversation_id", "score", "stage", "updated_at")
                                .contains(key)
                        ? value
                        : null);

        upsert(lead);

        assertThat(row()).containsEntry("name", null).containsEntry("qualified_at", null);
    }

    @Test
    @Tag("invariant-12")
    @Tag("attack-15")
    @Tag("attack-16")
    void hostileTextStaysText() {
        String hostile = "Robert'); DROP TABLE crm_lead;-- \" \\ :name ? {d '1'} \uD83D\uDE80 \u202e \n\t";
        Map<String, Object> lead = lead();
        lead.put("name", hostile);
        lead.put("first_message", hostile + "\u0000");
        lead.put("company", "=HYPERLINK(\"x\")");

        upsert(lead);

        assertThat(row())
                .containsEntry("name", hostile)
                .containsEntry("first_message", hostile)
                .containsEntry("company", "=HYPERLINK(\"x\")");
    }

    /** 300 texts of all kinds of characters; the seed makes them the same each time. */
    @Test
    @Tag("attack-15")
    void anyTextACustomerCanTypeEndsAsThatText() {
        Random random = new Random(29);
        for (int i = 0; i < 300; i++) {
            String text = typed(random);
            Map<String, Object> lead = lead();
            for (String key : List.of("name", "email", "phone", "company", "industry", "deal_value", "first_message")) {
                lead.put(key, text);
            }
            lead.put("contact_id", 100_000L + i);

            upsert(lead);

            assertThat(jdbc.queryForMap("SELECT * FROM crm_lead WHERE contact_id = " + (100_000 + i), Map.of()))
                    .containsEntry("name", text)
                    .containsEntry("email", text)
                    .containsEntry("phone", text)
                    .containsEntry("company", text)
                    .containsEntry("industry", text)
                    .containsEntry("deal_value", text);
        }
    }

    private static String typed(Random random) {
        StringBuilder text = new StringBuilder();
        String hostile = "'\"\\;:?$#{}%&<>()-=@\t\n\r|`~";
        for (int left = 1 + random.nextInt(60); left > 0; left--) {
            int c = random.nextInt(3) == 0
                    ? hostile.charAt(random.nextInt(hostile.length()))
                    : 1 + random.nextInt(random.nextBoolean() ? 0x250 : Character.MAX_CODE_POINT - 1);
            if (Character.getType(c) != Character.SURROGATE) {
                text.appendCodePoint(c);
            }
        }
        return text.toString();
    }

    @Test
    @Tag("attack-15")
    void theLongestTextsFit() {
        Map<String, Object> lead = lead();
        lead.replaceAll(
                (key, value) -> value instanceof String && !key.endsWith("_at") ? "x".repeat(2_000_000) : value);

        upsert(lead);

        assertThat(row().get("first_message")).asString().hasSize(1_000_000);
    }
}
