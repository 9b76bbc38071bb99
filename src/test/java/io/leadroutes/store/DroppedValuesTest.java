package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.leadroutes.event.Bodies;
import io.leadroutes.rules.RuleBook;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an extract rule dropped stands with the conversation until its contact is forgotten. */
class DroppedValuesTest {
    private static final long ID = 1580;
    private static final RuleBook RULES = RuleBook.parse("r.yaml", """
            extract: [{id: size, attribute: company_size, type: number, regex: ['(?P<value>\\S+) people']}]""");

    @ParameterizedTest
    @EnumSource(TestDatabases.Engine.class)
    @Tag("invariant-11")
    void aDroppedValueIsKeptWithItsReasonAndForgottenWithTheContact(TestDatabases.Engine engine) {
        try (Store store = new Store(TestDatabases.own(engine), RULES)) {
            store.append(
                    Bodies.message(ID, 1, "51-200 people").contact(77, "Jonas"),
                    Bodies.message(ID, 2, "a\u0000b people"));
            store.clock.advance(Store.QUIET);
            store.inbox.dueLanes(10);
            assertThat(store.work(Store.lane(ID))).isTrue();

            assertThat(explained(store))
                    .extracting(row -> row.get("rule"), row -> row.get("attribute"), row -> row.get("why"))
                    .containsExactly(
                            tuple("size", "company_size", "\"ab\"; expected a number up to 9999999999"),
                            tuple("size", "company_size", "\"51-200\"; expected a number up to 9999999999"));

            new Forget(store.database, store.clock).forget(Store.ACCOUNT, 77);

            assertThat(explained(store)).isEmpty();
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> explained(Store store) {
        return (List<Map<String, Object>>)
                store.records.conversation(Store.ACCOUNT, ID).orElseThrow().get("dropped_values");
    }
}
