package io.leadroutes.event;

import static io.leadroutes.event.Fixtures.decode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shapes that no server is known to send today. */
class EventDecoderShapesTest {

    @Test
    void anUnknownEventIsKeptByItsType() {
        Event event = decode("{\"event\":\"sla.missed\",\"id\":\"whatever\",\"account\":{\"id\":7}}")
                .event();

        assertThat(event.type()).isEqualTo("sla.missed");
        assertThat(event.lane(7)).isEqualTo("account:7");
        assertThat(event.conversation()).isEmpty();
    }

    @Test
    void unknownKeysAreIgnored() {
        Decoded decoded = decode("{\"event\":\"contact_created\",\"id\":1,\"sla\":{\"deep\":[1,{}]}}");

        assertThat(decoded.event().contactId()).hasValue(1);
        assertThat(decoded.storedPayload()).contains("\"sla\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"event\":null}", "{\"event\":\"  \"}", "{\"event\":7}", "{\"event\":{}}"})
    void aBodyWithoutEventIsRefused(String body) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOf(BadEventException.class)
                .hasMessage("event is missing; expected a text such as message_created");
    }

    @ParameterizedTest
    @ValueSource(strings = {"line\\nbreak", "\\u0000", "späť", "a b"})
    void anEventThatIsNoNameIsRefusedWithoutItsText(String type) {
        assertThatThrownBy(() -> decode("{\"event\":\"" + type + "\"}"))
                .isInstanceOf(BadEventException.class)
                .hasMessage("event is not a name; expected at most 100 of letters, digits, _ . : -");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|0",
                "-1|-1",
                "1.0|1.0",
                "1e9|1E+9",
                "9007199254740993|9007199254740993",
                "18446744073709551617|18446744073709551617",
                "\"1/../../x\"|no number",
                "\"12\"|no number",
                "true|no number",
                "{}|no number",
                "[1]|no number"
            })
    @Tag("attack-13")
    void anIdThatCannotBeOneIsNamed(String id, String shown) {
        Decoded decoded = decode("{\"event\":\"conversation_updated\",\"id\":" + id + "}");

        assertThat(decoded.problem())
                .hasValue("id is " + shown + "; expected a whole number from 1 to 9007199254740992");
        assertThat(decoded.event().type()).isEqualTo("conversation_updated");
        assertThat(decoded.event().conversation()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "account.id|{'event':'x','account':{'id':'7'}}",
                "messages[0].account_id|{'event':'x','messages':[{'account_id':-7}]}",
                "conversation.id|{'event':'message_created','id':1,'conversation':{'id':'1'}}",
                "conversation.meta.sender.id|{'event':'message_created','conversation':{'meta':{'sender':{'id':0}}}}",
                "contact_inbox.contact_id|{'event':'conversation_created','id':1,'contact_inbox':{'contact_id':'x'}}",
                "inbox.id|{'event':'conversation_created','id':1,'inbox':{'id':0}}",
                "meta.team.id|{'event':'conversation_created','id':1,'meta':{'team':{'id':'x'}}}"
            })
    void itIsNamedByItsPath(String path, String body) {
        assertThat(decode(body.replace('\'', '"')).problem())
                .hasValueSatisfying(problem -> assertThat(problem).startsWith(path + " is "));
    }

    @Test
    void theLargestIdIsTaken() {
        Event event = decode("{\"event\":\"contact_created\",\"id\":9007199254740992}")
                .event();

        assertThat(event.contactId()).hasValue(9_007_199_254_740_992L);
    }

    @Test
    void partsWithoutIdAreAbsent() {
        Event event = decode("{\"event\":\"message_created\",\"id\":null,\"conversation\":{\"status\":\"open\"},"
                        + "\"sender\":{\"name\":\"N\"}}")
                .event();

        assertThat(event.message()).isEmpty();
        assertThat(event.conversation()).isEmpty();
        assertThat(event.contact()).isEmpty();
        assertThat(event.isCustomerMessage()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"incoming\"', INCOMING",
        "'\"OUTGOING\"', OUTGOING",
        "0, INCOMING",
        "1, OUTGOING",
        "2, ACTIVITY",
        "3, TEMPLATE",
        "9, UNKNOWN",
        "null, UNKNOWN",
        "{}, UNKNOWN"
    })
    void messageTypeIsAWordOrANumber(String json, Message.Type type) {
        Event event = decode("{\"event\":\"message_created\",\"id\":1,\"message_type\":" + json + "}")
                .event();

        assertThat(event.message().orElseThrow().type()).isEqualTo(type);
    }

    @Test
    void aPriorityThatThisReleaseDoesNotKnowIsAbsent() {
        Snapshot snapshot = snapshot("\"priority\":\"critical\"");

        assertThat(snapshot.priority()).isEmpty();
    }

    @Test
    void nullPartsAreNone() {
        Snapshot snapshot = snapshot("\"priority\":null,\"labels\":null,\"custom_attributes\":null,\"status\":null,"
                + "\"meta\":{\"assignee\":null,\"team\":null}");

        assertThat(snapshot.priority()).hasValue(Priority.NONE);
        assertThat(snapshot.labels()).hasValue(List.of());
        assertThat(snapshot.customAttributes()).hasValue(Map.of());
        assertThat(snapshot.assignee()).hasValue(Snapshot.Ref.NONE);
        assertThat(snapshot.team()).hasValue(Snapshot.Ref.NONE);
        assertThat(snapshot.status()).as("no status is no state").isEmpty();
    }

    @Test
    void partsOfAnotherShapeAreAbsent() {
        Snapshot snapshot = snapshot("\"priority\":[],\"labels\":\"a, b\",\"custom_attributes\":[],\"status\":{},"
                + "\"meta\":[],\"additional_attributes\":\"\"");

        assertThat(snapshot.priority()).isEmpty();
        assertThat(snapshot.labels()).isEmpty();
        assertThat(snapshot.customAttributes()).isEmpty();
        assertThat(snapshot.status()).isEmpty();
        assertThat(snapshot.assignee()).isEmpty();
        assertThat(snapshot.additionalAttributes()).isEmpty();
    }

    @Test
    void valuesKeepTheirJsonTypes() {
        Map<String, Object> values = snapshot(
                        "\"custom_attributes\":{\"t\":\"x\",\"i\":1,\"l\":5000000000,"
                                + "\"b\":123456789012345678901,\"d\":1.50,\"n\":null,\"y\":true,\"a\":[1,null],\"o\":{\"k\":2}}")
                .customAttributes()
                .orElseThrow();

        assertThat(values)
                .containsEntry("t", "x")
                .containsEntry("i", 1)
                .containsEntry("l", 5_000_000_000L)
                .containsEntry("b", new BigInteger("123456789012345678901"))
                .containsEntry("d", new BigDecimal("1.50"))
                .containsEntry("n", null)
                .containsEntry("y", true)
                .containsEntry("o", Map.of("k", 2));
        assertThat(values.get("a")).asInstanceOf(InstanceOfAssertFactories.LIST).containsExactly(1, null);
    }

    @Test
    void changedAttributesMayBeAnObject() {
        Event event = decode("{\"event\":\"conversation_updated\",\"id\":1,\"changed_attributes\":"
                        + "{\"status\":{\"previous_value\":\"open\",\"current_value\":\"snoozed\"}}}")
                .event();

        assertThat(event.changes().get("status")).isEqualTo(new Change(Optional.of("open"), Optional.of("snoozed")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "{}", "\"x\"", "[null,1,[]]"})
    void emptyChangesAreNone(String changes) {
        Event event = decode("{\"event\":\"conversation_updated\",\"id\":1,\"changed_attributes\":" + changes + "}")
                .event();

        assertThat(event.changes()).isEmpty();
    }

    @Test
    void changesOfAMessageAreNotThoseOfItsConversation() {
        Event event = decode(
                        "{\"event\":\"message_updated\",\"id\":1,\"conversation\":{\"id\":2},"
                                + "\"changed_attributes\":[{\"status\":{\"previous_value\":\"sent\",\"current_value\":\"read\"}}]}")
                .event();

        assertThat(event.conversation().orElseThrow().status()).isEmpty();
        assertThat(event.changes()).containsKey("status");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1786698751|1786698751000000",
                "1786698751.57193|1786698751571930",
                "1786698751.571930|1786698751571930",
                "1786698751.5719309|1786698751571930",
                "1.78669875157193e9|1786698751571930",
                "\"1786698751\"|1786698751000000",
                "\"1786698751.57193\"|1786698751571930",
                "\"2026-08-14T09:12:31.562Z\"|1786698751562000",
                "\"2026-08-14T09:12:31Z\"|1786698751000000",
                "\"2026-08-14T11:12:31.571930+02:00\"|1786698751571930",
                "\"2026-08-14T09:12:31\"|1786698751000000",
                "\"2026-08-14 09:12:31 UTC\"|1786698751000000"
            })
    void everyWayToWriteATimeIsRead(String time, long micros) {
        assertThat(snapshot("\"updated_at\":" + time).updatedAtMicros()).hasValue(micros);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.0",
                "-5",
                "null",
                "\"\"",
                "\"0\"",
                "\"soon\"",
                "true",
                "{}",
                "1e99",
                "1e999999999",
                "1e-999999999",
                "253402300800",
                "\"1786698751 \"",
                "\"2026-13-01T00:00:00Z\"",
                "\"+999999999-01-01T00:00:00Z\""
            })
    void whatIsNoTimeIsAbsent(String time) {
        assertThat(snapshot("\"updated_at\":" + time).updatedAtMicros()).isEmpty();
    }

    private static Snapshot snapshot(String parts) {
        return decode("{\"event\":\"conversation_updated\",\"id\":1," + parts + "}")
                .event()
                .conversation()
                .orElseThrow();
    }
}
