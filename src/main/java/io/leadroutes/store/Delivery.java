package io.leadroutes.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.leadroutes.conversation.Lead;
import io.leadroutes.conversation.RuleMacro;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A wish in a dispatcher's hand.
 *
 * @param id its row in the outbox
 * @param attempts how often it has been tried before
 * @param createdAt when it was first wished
 * @param messageId the latest message that it was decided on, 0 if none
 * @param urgency its lane
 * @param others wishes that the same call grants: of other conversations, and where a macro does it, of this one
 * @param macro the macro that grants them
 * @param traces W3C traceparents of the decisions that wished for it, the newest first; none if they were not traced
 */
public record Delivery(
        long id,
        long accountId,
        long conversationId,
        Wish wish,
        int attempts,
        Instant createdAt,
        long messageId,
        Urgency urgency,
        List<Delivery> others,
        Optional<RuleMacro> macro,
        List<String> traces) {

    /** A wish of no hurry that has its call for itself. */
    public Delivery(
            long id, long accountId, long conversationId, Wish wish, int attempts, Instant createdAt, long messageId) {
        this(
                id,
                accountId,
                conversationId,
                wish,
                attempts,
                createdAt,
                messageId,
                Urgency.TAGGING,
                List.of(),
                Optional.empty(),
                List.of());
    }

    Delivery with(List<Delivery> sharing, Optional<RuleMacro> by) {
        return new Delivery(
                id, accountId, conversationId, wish, attempts, createdAt, messageId, urgency, sharing, by, traces);
    }

    /** The same row, of whose wish this part is to be granted. */
    Delivery of(Wish part) {
        return new Delivery(
                id, accountId, conversationId, part, attempts, createdAt, messageId, urgency, others, macro, traces);
    }

    /** True if one macro grants them all. */
    public boolean isByMacro() {
        return macro.isPresent();
    }

    /** True if others are granted by the same call. */
    public boolean isShared() {
        return !others.isEmpty();
    }

    /** This one and those that share its call. */
    public List<Delivery> all() {
        return Stream.concat(Stream.of(this), others.stream()).toList();
    }

    /** The lead of a wish for another system, as {@code schema/lead.schema.json} says. */
    public String leadJson() {
        return Json.write(new LeadMessage(LeadMessage.VERSION, lead()));
    }

    /** The same whenever this lead is delivered for this row, and another one for any other: brokers drop the repetition. */
    public String duplicateId() {
        // A row that waits for its next try takes newer values over, which must not be dropped.
        String content = accountId + ":" + id + ":" + leadJson();
        return UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private record LeadMessage(
            @JsonProperty("version") int version,
            @JsonUnwrapped Lead lead) {
        private static final int VERSION = 1;
    }

    /** True if an event is to be passed on, false for a lead or an escalation. */
    public boolean isEvent() {
        return wish instanceof Wish.Forward;
    }

    /** The event's row in the inbox. */
    public long eventId() {
        return wish(Wish.Forward.class).event();
    }

    /** The wish as the kind that its sender expects. */
    public <W extends Wish> W wish(Class<W> type) {
        return type.cast(wish);
    }

    private Lead lead() {
        return wish(Wish.Publish.class).lead();
    }

    public String destination() {
        return wish.destination();
    }

    public String kind() {
        return wish.kind();
    }
}
