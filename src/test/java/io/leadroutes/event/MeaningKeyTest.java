package io.leadroutes.event;

import static io.leadroutes.event.Fixtures.decode;
import static io.leadroutes.event.Fixtures.edited;
import static io.leadroutes.event.Fixtures.fixture;
import static io.leadroutes.event.Fixtures.seed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 2, once: twins have the same key, different happenings have not (CONTRACT section 1.1). */
class MeaningKeyTest {

    @Test
    void aMessageIsCreatedOnceWhateverItsConversationLooksLikeByThen() {
        Decoded first = fixture("14-message_created-incoming-text");
        Decoded twin = edited("14-message_created-incoming-text", json -> ((ObjectNode) json.get("conversation"))
                .put("updated_at", 1786699999.1)
                .put("status", "pending"));

        assertThat(first.meaningKey()).hasValue("message_created:7:482201");
        assertThat(twin.meaningKey()).isEqualTo(first.meaningKey());
    }

    @Test
    void anUnknownAccountIsADash() {
        assertThat(decode("{\"event\":\"message_created\",\"id\":5}").meaningKey())
                .hasValue("message_created:-:5");
    }

    @Test
    void aRepeatedMessageUpdateIsATwin() {
        Decoded first = fixture("24-message_updated-delivery-status");
        Decoded twin = edited("24-message_updated-delivery-status", json -> json.put("source_id", "other"));

        assertThat(twin.meaningKey()).isEqualTo(first.meaningKey());
        assertThat(first.meaningKey().orElseThrow()).matches("message_updated:7:482275:[0-9a-f]{32}");
    }

    @Test
    void anotherContentAttributeSetOrStatusIsAnotherMessageUpdate() {
        String name = "24-message_updated-delivery-status";

        assertThat(List.of(
                        fixture(name).meaningKey(),
                        edited(name, json -> json.put("content", "edited")).meaningKey(),
                        edited(name, json -> json.putObject("content_attributes")
                                        .put("deleted", true))
                                .meaningKey(),
                        edited(name, json -> json.put("status", "read")).meaningKey()))
                .doesNotHaveDuplicates();
    }

    @Test
    void theOrderOfKeysHasNoMeaning() {
        String start = "{\"event\":\"message_updated\",\"id\":1,\"content_attributes\":";

        assertThat(decode(start + "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}}").meaningKey())
                .isEqualTo(decode(start + "{\"b\":{\"d\":3,\"c\":2},\"a\":1}}").meaningKey());
    }

    @Test
    void aConversationEventIsNamedByItsVersionAndChanges() {
        assertThat(fixture("06-conversation_updated-labels").meaningKey().orElseThrow())
                .matches("conversation_updated:7:1580:1786698782640177:[0-9a-f]{32}");
        assertThat(fixture("03-conversation_status_changed-resolved").meaningKey())
                .hasValue("conversation_status_changed:7:1580:1786707617220731:-");
    }

    @Test
    void differentChangesAtTheSameVersionAreDifferent() {
        assertThat(fixture("06-conversation_updated-labels").meaningKey())
                .isNotEqualTo(fixture("07-conversation_updated-labels-cleared").meaningKey());
    }

    @Test
    void theSameChangesAtAnotherMicrosecondAreDifferent() {
        Decoded later = edited("06-conversation_updated-labels", json -> json.put("updated_at", 1786698782.640178));

        assertThat(later.meaningKey())
                .isNotEqualTo(fixture("06-conversation_updated-labels").meaningKey());
    }

    @Test
    void aContactIsCreatedOnce() {
        assertThat(fixture("26-contact_created").meaningKey()).hasValue("contact_created:7:9044");
    }

    @Test
    void aContactUpdateIsNamedByItsChanges() {
        assertThat(fixture("29-contact_updated-labels").meaningKey().orElseThrow())
                .matches("contact_updated:7:9021:[0-9a-f]{32}")
                .isNotEqualTo(fixture("27-contact_updated-custom_attributes")
                        .meaningKey()
                        .orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"30-webwidget_triggered", "32-conversation_typing_off-contact", "34-inbox_updated"})
    void whatHasNoVersionHasNoKey(String name) {
        assertThat(fixture(name).meaningKey()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"contact_updated\",\"id\":1}",
                "{\"event\":\"conversation_updated\",\"id\":1}",
                "{\"event\":\"message_created\"}",
                "{\"event\":\"unheard_of\",\"id\":1}"
            })
    void whatCannotBeToldFromARepetitionHasNoKey(String body) {
        assertThat(decode(body).meaningKey()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "conversation_created, conversation_created:7:1580:1786698751000000:-",
        "message_created, message_created:7:482201",
        "contact_created, contact_created:7:9021"
    })
    void bodiesOfTheReferenceHaveKeysToo(String name, String key) {
        assertThat(seed(name).meaningKey()).hasValue(key);
    }

    @Test
    void aStatusThatGoesBackInTheSameSecondIsAnotherChange() {
        String body = "{\"event\":\"conversation_status_changed\",\"id\":1,\"changed_at\":1786707617,";

        assertThat(decode(body + "\"status\":\"resolved\",\"previous_status\":\"open\"}")
                        .meaningKey())
                .isNotEqualTo(decode(body + "\"status\":\"open\",\"previous_status\":\"resolved\"}")
                        .meaningKey());
    }

    @ParameterizedTest
    @MethodSource("io.leadroutes.event.Fixtures#all")
    void keysAreShort(Path file) {
        assertThat(Fixtures.DECODER.decode(Fixtures.read(file)).meaningKey().orElse(""))
                .hasSizeLessThan(200);
    }

    @Test
    void theLongestKeyIsShortToo() {
        Decoded decoded = decode("{\"event\":\"conversation_" + "x".repeat(87) + "\",\"id\":9007199254740992,"
                + "\"account\":{\"id\":9007199254740992},\"updated_at\":253402300799.999999,"
                + "\"changes\":{\"a\":{\"before\":1,\"after\":2}}}");

        assertThat(decoded.meaningKey().orElseThrow()).hasSizeLessThanOrEqualTo(200);
    }
}
