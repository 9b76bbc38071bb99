package io.leadroutes.event;

import static io.leadroutes.event.Fixtures.edited;
import static io.leadroutes.event.Fixtures.fixture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.event.Snapshot.Ref;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bodies that current Chatwoot servers send (CONTRACT section 2). */
class EventDecoderFixturesTest {

    @ParameterizedTest
    @MethodSource("io.leadroutes.event.Fixtures#all")
    void everyFixtureIsAnEventOfItsAccount(Path file) {
        Decoded decoded = Fixtures.DECODER.decode(Fixtures.read(file));

        assertThat(decoded.event().type())
                .isEqualTo(file.getFileName()
                        .toString()
                        .replaceAll("^[0-9]+-|\\.json$", "")
                        .replaceAll("-.*", ""));
        assertThat(decoded.event().accountId()).hasValue(7);
    }

    @ParameterizedTest
    @MethodSource("io.leadroutes.event.Fixtures#all")
    void whatIsStoredDecodesToTheSame(Path file) {
        Decoded decoded = Fixtures.DECODER.decode(Fixtures.read(file));

        Decoded again = Fixtures.decode(decoded.storedPayload());

        assertThat(again).isEqualTo(decoded);
    }

    @ParameterizedTest
    @MethodSource("io.leadroutes.event.Fixtures#all")
    void noSecretOfAnyFixtureIsStored(Path file) {
        Decoded decoded = Fixtures.DECODER.decode(Fixtures.read(file));

        assertThat(decoded.storedPayload()).doesNotContain("FAKEpubsubtoken", "FAKE-hmac-token", "FAKE-channel-secret");
        assertThat(decoded.toString()).doesNotContain("FAKEpubsubtoken", "FAKE-hmac-token", "FAKE-channel-secret");
    }

    @Test
    void aNewConversationHasItsWholeState() {
        Event event = fixture("01-conversation_created-web-widget").event();

        assertThat(event.conversationId()).hasValue(1580);
        assertThat(event.contactId()).hasValue(9021);
        assertThat(event.versionMicros()).hasValue(1_786_698_751_571_930L);
        assertThat(event.message()).as("messages[0] is never read").isEmpty();
        assertThat(event.changes()).isEmpty();
        Snapshot snapshot = event.conversation().orElseThrow();
        assertThat(snapshot.id()).isEqualTo(1580);
        assertThat(snapshot.updatedAtMicros()).hasValue(1_786_698_751_571_930L);
        assertThat(snapshot.status()).hasValue("open");
        assertThat(snapshot.priority()).hasValue(Priority.NONE);
        assertThat(snapshot.labels()).hasValue(List.of());
        assertThat(snapshot.customAttributes()).hasValue(Map.of());
        assertThat(snapshot.additionalAttributes()).containsEntry("referer", "https://shop.harborpine.example/canoes");
        assertThat(snapshot.assignee()).hasValue(Ref.NONE);
        assertThat(snapshot.team()).hasValue(Ref.NONE);
        assertThat(snapshot.inboxId()).hasValue(31);
        assertThat(snapshot.channel()).hasValue("Channel::WebWidget");
    }

    @Test
    void aConversationNamesItsContact() {
        Event event = fixture("02-conversation_created-api-inbox-no-messages").event();

        assertThat(event.contact())
                .hasValue(new Contact(
                        9077,
                        Optional.of("Priya Vasanth"),
                        Optional.empty(),
                        Optional.of("+919000011122"),
                        Optional.of("crm-55810"),
                        Map.of("account_tier", "gold"),
                        Map.of()));
    }

    @Test
    void aStatusChangeShowsTheNewStatusWithoutChanges() {
        Event event = fixture("03-conversation_status_changed-resolved").event();

        assertThat(event.conversation().orElseThrow().status()).hasValue("resolved");
        assertThat(event.changes()).isEmpty();
        assertThat(event.conversation().orElseThrow().assignee()).hasValue(new Ref(12, "Mara Quill"));
    }

    @Test
    void changedAttributesAreReadByName() {
        Event event =
                fixture("04-conversation_updated-status-resolved-companion").event();

        assertThat(event.changes())
                .containsOnlyKeys("status", "updated_at", "status_changed_at")
                .contains(entry("status", new Change(Optional.of("open"), Optional.of("resolved"))));
    }

    @Test
    void labelListIsNamedLabelsAndItsCachedTwinIsLeftOut() {
        Event event = fixture("06-conversation_updated-labels").event();

        assertThat(event.changes()).containsOnlyKeys("labels", "updated_at");
        assertThat(event.changes().get("labels"))
                .isEqualTo(new Change(
                        Optional.of(List.of("pricing-inquiry")),
                        Optional.of(List.of("pricing-inquiry", "enterprise-lead"))));
        assertThat(event.conversation().orElseThrow().labels()).hasValue(List.of("pricing-inquiry", "enterprise-lead"));
    }

    @Test
    void clearedLabelsAreAnEmptyListAndNotAbsent() {
        Event event = fixture("07-conversation_updated-labels-cleared").event();

        assertThat(event.conversation().orElseThrow().labels()).hasValue(List.of());
        assertThat(event.changes().get("labels").after()).hasValue(List.of());
    }

    @Test
    void aPriorityFromNothingHasNoBefore() {
        Event event = fixture("08-conversation_updated-priority").event();

        assertThat(event.conversation().orElseThrow().priority()).hasValue(Priority.HIGH);
        assertThat(event.changes().get("priority")).isEqualTo(new Change(Optional.empty(), Optional.of("high")));
    }

    @Test
    void customAttributesKeepTheirTypes() {
        Event event = fixture("11-conversation_updated-custom_attributes").event();

        assertThat(event.conversation().orElseThrow().customAttributes())
                .hasValue(
                        Map.of("lead_score", 85, "deal_value", 50000, "industry", "Technology", "is_enterprise", true));
    }

    @Test
    void aCustomersMessageIsReadFromTheTopLevel() {
        Event event = fixture("14-message_created-incoming-text").event();

        Message message = event.message().orElseThrow();
        assertThat(message.id()).isEqualTo(482201);
        assertThat(message.content()).isEqualTo("Hello, what is the price of the enterprise plan for 40 seats?");
        assertThat(message.type()).isEqualTo(Message.Type.INCOMING);
        assertThat(message.isPrivate()).isFalse();
        assertThat(message.contentType()).isEqualTo("text");
        assertThat(message.contentAttributes()).containsOnly(entry("in_reply_to", null));
        assertThat(message.attachments()).isZero();
        assertThat(message.sender()).isEqualTo(Message.Sender.CONTACT);
        assertThat(event.isCustomerMessage()).isTrue();
        assertThat(event.conversationId()).hasValue(1580);
        assertThat(event.contactId()).hasValue(9021);
        assertThat(event.versionMicros()).as("the message's created_at").hasValue(1_786_698_751_562_000L);
        assertThat(event.conversation().orElseThrow().updatedAtMicros()).hasValue(1_786_698_751_571_930L);
    }

    @Test
    void aMessageOfAttachmentsAloneHasEmptyText() {
        Message message = fixture("15-message_created-incoming-attachments-null-content")
                .event()
                .message()
                .orElseThrow();

        assertThat(message.content()).isEmpty();
        assertThat(message.attachments()).isEqualTo(2);
    }

    @Test
    void anAgentsReplyIsNoCustomerMessageAndKeepsTheCustomerAsContact() {
        Event event = fixture("17-message_created-outgoing-agent-reply").event();

        assertThat(event.isCustomerMessage()).isFalse();
        assertThat(event.message().orElseThrow().sender()).isEqualTo(Message.Sender.USER);
        assertThat(event.contactId()).hasValue(9021);
    }

    @Test
    void aPrivateNoteIsReadItselfAndNotTheLastPublicMessage() {
        Message message = fixture("18-message_created-private-note-by-agent")
                .event()
                .message()
                .orElseThrow();

        assertThat(message.id()).isEqualTo(482231);
        assertThat(message.isPrivate()).isTrue();
        assertThat(message.content()).startsWith("Spoke to finance");
    }

    @Test
    void ourOwnNoteCarriesItsMarker() {
        Message message = fixture("19-message_created-private-note-own-echo")
                .event()
                .message()
                .orElseThrow();

        assertThat(message.contentAttributes()).containsEntry("relay_origin", "relay-bridge");
    }

    @Test
    void aTemplateHasNoSender() {
        Message message = fixture("20-message_created-template-greeting")
                .event()
                .message()
                .orElseThrow();

        assertThat(message.type()).isEqualTo(Message.Type.TEMPLATE);
        assertThat(message.sender()).isEqualTo(Message.Sender.NONE);
    }

    @Test
    void aBotIsNoUser() {
        Message message = fixture("22-message_created-outgoing-agent-bot")
                .event()
                .message()
                .orElseThrow();

        assertThat(message.sender()).isEqualTo(Message.Sender.BOT);
    }

    @Test
    void aContactEventRunsInItsContactsLane() {
        Event event = fixture("26-contact_created").event();

        assertThat(event.contactId()).hasValue(9044);
        assertThat(event.conversationId()).isEmpty();
        assertThat(event.contact().orElseThrow().name()).hasValue("quiet-lake-512");
        assertThat(event.contact().orElseThrow().email()).isEmpty();
        assertThat(event.lane(7)).isEqualTo("contact:7:9044");
    }

    @Test
    void aContactUpdateHasItsChanges() {
        Event event = fixture("29-contact_updated-labels").event();

        assertThat(event.changes().get("labels").after()).hasValue(List.of("vip-customer", "enterprise"));
        assertThat(event.conversation()).isEmpty();
    }

    @Test
    void anOpenedWidgetWithoutConversationBelongsToItsContact() {
        Event event = fixture("30-webwidget_triggered").event();

        assertThat(event.lane(7)).isEqualTo("contact:7:9044");
        assertThat(event.conversation()).isEmpty();
    }

    @Test
    void anOpenedWidgetWithConversationBelongsToThat() {
        Event event = edited("30-webwidget_triggered", json -> json.putObject("current_conversation")
                        .put("id", 1580)
                        .put("status", "open"))
                .event();

        assertThat(event.lane(7)).isEqualTo("conversation:7:1580");
        assertThat(event.conversation().orElseThrow().status()).hasValue("open");
    }

    @Test
    void typingBelongsToItsConversation() {
        Event event = fixture("32-conversation_typing_off-contact").event();

        assertThat(event.lane(7)).isEqualTo("conversation:7:1580");
        assertThat(event.accountId()).hasValue(7);
        assertThat(event.contactId()).hasValue(9021);
    }

    @Test
    void anInboxEventBelongsToTheAccountOnly() {
        Event event = fixture("34-inbox_updated").event();

        assertThat(event.lane(7)).isEqualTo("account:7");
        assertThat(event.changes()).containsKey("greeting_enabled");
    }

    @Test
    void anAutomationEventIsASnapshot() {
        Event event = fixture("35-automation_event.message_created-unsigned").event();

        assertThat(event.type()).isEqualTo("automation_event.message_created");
        assertThat(event.message()).isEmpty();
        assertThat(event.isCustomerMessage()).isFalse();
        assertThat(event.conversation().orElseThrow().labels()).hasValue(List.of("pricing-inquiry"));
    }

    @Test
    void anExecutedMacroIsASnapshot() {
        Event event = edited(
                        "35-automation_event.message_created-unsigned", json -> json.put("event", "macro.executed"))
                .event();

        assertThat(event.conversationId()).hasValue(1580);
    }

    @Test
    void theAccountOfOldServersIsThatOfTheFirstMessage() {
        Event event =
                fixture("37-conversation_updated-before-4.14.2-without-account").event();

        assertThat(event.accountId()).hasValue(7);
    }

    @Test
    void anAccountThatStandsNowhereIsAbsent() {
        Event event = edited("37-conversation_updated-before-4.14.2-without-account", json -> json.putArray("messages"))
                .event();

        assertThat(event.accountId()).isEqualTo(OptionalLong.empty());
        assertThat(event.lane(7)).isEqualTo("conversation:7:1580");
    }

    @Test
    void theAccountOfTheNestedConversationServesToo() {
        Event event = edited("14-message_created-incoming-text", json -> json.remove("account"))
                .event();

        assertThat(event.accountId()).hasValue(7);
    }

    @Test
    void aTeamIsReadByIdAndName() {
        Event event = edited("08-conversation_updated-priority", json -> ((ObjectNode) json.get("meta"))
                        .putObject("team")
                        .put("id", 4)
                        .put("name", "sales"))
                .event();

        assertThat(event.conversation().orElseThrow().team()).hasValue(new Ref(4, "sales"));
    }

    @Test
    void aBotThatHasTheConversationIsNoAgent() {
        Event event = edited("09-conversation_updated-assignee", json -> ((ObjectNode) json.get("meta"))
                        .put("assignee_type", "AgentBot"))
                .event();

        assertThat(event.conversation().orElseThrow().assignee()).hasValue(Ref.NONE);
    }

    @Test
    void theContactIdIsInTheContactInboxWhereMetaHasNone() {
        Event event = edited("14-message_created-incoming-text", json -> {
                    ((ObjectNode) json.get("conversation")).remove("meta");
                    json.put("message_type", "outgoing");
                })
                .event();

        assertThat(event.contactId()).hasValue(9021);
        assertThat(event.contact()).isEmpty();
    }

    @Test
    void mapsOfAnEventCannotBeChanged() {
        Event event = fixture("11-conversation_updated-custom_attributes").event();

        assertThatThrownBy(() -> event.conversation()
                        .orElseThrow()
                        .customAttributes()
                        .orElseThrow()
                        .put("x", 1))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> event.changes().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void charactersOfEveryScriptArrive() {
        Decoded decoded =
                Fixtures.DECODER.decode("{\"event\":\"contact_created\",\"id\":9090,\"name\":\"Åse \\u004eyborg 🛶\"}"
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(decoded.event().contact().orElseThrow().name()).hasValue("Åse Nyborg 🛶");
    }
}
