package io.leadroutes.event;

import static io.leadroutes.event.Fixtures.decode;
import static io.leadroutes.event.Fixtures.seed;
import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Snapshot.Ref;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bodies that the original API reference describes. */
class EventDecoderSeedTest {

    @Test
    void aConversationHasItsInboxAsAnObject() {
        Event event = seed("conversation_created").event();

        Snapshot snapshot = event.conversation().orElseThrow();
        assertThat(snapshot.inboxId()).hasValue(32);
        assertThat(snapshot.assignee()).hasValue(Ref.NONE);
        assertThat(snapshot.team()).as("not carried").isEmpty();
        assertThat(snapshot.channel()).as("not carried").isEmpty();
        assertThat(snapshot.priority()).hasValue(Priority.NONE);
        assertThat(event.contact().orElseThrow().phone()).hasValue("+4790012345");
        assertThat(event.versionMicros()).as("its creation").hasValue(1_786_698_751_000_000L);
    }

    @Test
    void aMessageHasAConversationOfLabelsAndStatusOnly() {
        Event event = seed("message_created").event();

        Snapshot snapshot = event.conversation().orElseThrow();
        assertThat(snapshot.labels()).hasValue(List.of("pricing-inquiry"));
        assertThat(snapshot.status()).hasValue("open");
        assertThat(snapshot.priority()).isEmpty();
        assertThat(snapshot.customAttributes()).isEmpty();
        assertThat(snapshot.assignee()).isEmpty();
        assertThat(snapshot.updatedAtMicros()).isEmpty();
    }

    @Test
    void aMessagesSenderIsTheContact() {
        Event event = seed("message_created").event();

        assertThat(event.isCustomerMessage()).isTrue();
        assertThat(event.message().orElseThrow().sender()).isEqualTo(Message.Sender.CONTACT);
        assertThat(event.contactId()).hasValue(9021);
        assertThat(event.contact().orElseThrow().email()).hasValue("jonas.feld@nordlyskayak.example");
        assertThat(event.versionMicros()).hasValue(1_786_698_752_000_000L);
    }

    @Test
    void previousStatusAndChangedAtAreAChangeAndItsVersion() {
        Event event = seed("conversation_status_changed").event();

        assertThat(event.changes())
                .containsOnly(Map.entry("status", new Change(Optional.of("open"), Optional.of("resolved"))));
        assertThat(event.versionMicros()).hasValue(1_786_707_617_000_000L);
        assertThat(event.conversation().orElseThrow().status()).hasValue("resolved");
        assertThat(event.conversation().orElseThrow().labels()).isEmpty();
    }

    @Test
    void changesWithBeforeAndAfterBecomePartsOfTheSnapshot() {
        Event event = seed("conversation_updated").event();

        assertThat(event.changes()).containsOnlyKeys("labels", "priority", "custom_attributes");
        assertThat(event.changes().get("priority")).isEqualTo(new Change(Optional.empty(), Optional.of("high")));
        Snapshot snapshot = event.conversation().orElseThrow();
        assertThat(snapshot.labels()).hasValue(List.of("pricing-inquiry", "urgent"));
        assertThat(snapshot.priority()).hasValue(Priority.HIGH);
        assertThat(snapshot.customAttributes()).hasValue(Map.of("lead_score", 85));
        assertThat(snapshot.status()).as("neither carried nor changed").isEmpty();
        assertThat(snapshot.updatedAtMicros()).hasValue(1_786_698_783_000_000L);
    }

    @Test
    void aPriorityThatBecameNullIsNone() {
        Event event = decode("{\"event\":\"conversation_updated\",\"id\":1,"
                        + "\"changes\":{\"priority\":{\"before\":\"high\",\"after\":null}}}")
                .event();

        assertThat(event.conversation().orElseThrow().priority()).hasValue(Priority.NONE);
    }

    @Test
    void theSnapshotItselfIsNewerThanWhatChanged() {
        Event event = decode("{\"event\":\"conversation_updated\",\"id\":1,\"labels\":[\"a\",\"b\"],"
                        + "\"changes\":{\"labels\":{\"before\":[],\"after\":[\"a\"]}}}")
                .event();

        assertThat(event.conversation().orElseThrow().labels()).hasValue(List.of("a", "b"));
    }

    @Test
    void theShortestMessageOfTheReferenceIsNoCustomerMessage() {
        Event event = decode("{\"event\":\"message_created\",\"id\":12345,\"content\":\"Test message\","
                        + "\"conversation\":{\"id\":456}}")
                .event();

        assertThat(event.conversationId()).hasValue(456);
        assertThat(event.message().orElseThrow().type()).isEqualTo(Message.Type.UNKNOWN);
        assertThat(event.isCustomerMessage()).isFalse();
        assertThat(event.accountId()).isEmpty();
    }

    @Test
    void aContactHasItsAttributes() {
        Event event = seed("contact_created").event();

        assertThat(event.contact().orElseThrow().additionalAttributes()).containsEntry("source", "whatsapp");
        assertThat(event.lane(7)).isEqualTo("contact:7:9021");
    }
}
