package io.leadroutes.crm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LeadIdentityTest {
    private static final String LEAD = "7-9021";

    private final LeadIdentity identity = new LeadIdentity();

    private static Map<String, Object> record(String id, String external) {
        Map<String, Object> record = new HashMap<>();
        record.put("ID", id);
        record.put("External_Id", external);
        return record;
    }

    private Object one(String former, List<Map<String, Object>> records) {
        return identity.one(records, "external_id", LEAD, former).get("ID");
    }

    @Test
    void theOneThatIsLinkedIsItWhateverElseHasItsPhone() {
        assertThat(one("", List.of(record("a", "7-5"), record("b", LEAD), record("c", null))))
                .isEqualTo("b");
    }

    @Test
    void theOneThatWasLinkedWithTheContactThatWasMergedIsIt() {
        assertThat(one("7-5", List.of(record("a", "7-5"), record("c", null)))).isEqualTo("a");
        assertThat(one("7-5", List.of(record("a", "7-5"), record("b", LEAD)))).isEqualTo("b");
    }

    @Test
    void theOnlyOneThatIsLinkedWithNobodyIsIt() {
        assertThat(one("", List.of(record("c", null)))).isEqualTo("c");
        assertThat(one("", List.of(record("c", " ")))).isEqualTo("c");
        assertThat(one("", List.of())).isNull();
    }

    @Test
    @Tag("invariant-9")
    void whatMayBeSeveralIsNotGuessed() {
        for (List<Map<String, Object>> records : List.of(
                List.of(record("a", null), record("b", "")),
                List.of(record("a", LEAD), record("b", LEAD)),
                List.of(record("a", "7-5")),
                List.of(record("a", null), record("b", "7-5")))) {
            assertThatThrownBy(() -> one("", records))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("conflict: contact 7-9021 may be the CRM's a")
                    .hasMessageContaining("expected one record");
        }
    }

    @Test
    void idsAreTheSameEachTime() {
        assertThat(identity.idOf(List.of(record("c", null)), "external_id", LEAD, null))
                .isEqualTo("c");
        assertThat(identity.idOf(List.of(), "external_id", LEAD, "")).isEqualTo(identity.newId("lead", LEAD));
        assertThat(identity.external(7, 9021)).isEqualTo(LEAD);
        assertThat(identity.external(7, null)).isEmpty();
        assertThat(identity.newId("lead", LEAD))
                .isEqualTo(identity.newId("lead", LEAD))
                .isNotEqualTo(identity.newId("email", LEAD))
                .hasSize(36);
    }
}
