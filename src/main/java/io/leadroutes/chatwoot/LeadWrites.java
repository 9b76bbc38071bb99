package io.leadroutes.chatwoot;

import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.DealOutcome;
import io.leadroutes.conversation.LeadFacts;
import io.leadroutes.conversation.Steps;
import io.leadroutes.store.Conversations;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.camel.Body;
import org.apache.camel.Header;

/**
 * What the routes {@code crm-upsert-lead} and {@code lead-outcome} do: wishes in the outbox, of a lead for each endpoint of
 * {@code on.lead-qualified}, of an outcome for Chatwoot.
 */
public final class LeadWrites {
    private static final List<String> OUTCOMES = List.of("won", "lost");

    private final Conversations conversations;
    private final Steps steps;
    private final long accountId;
    private final List<String> outcomeLabels;

    /** @param outcomeLabels those of a won deal and of a lost one (setting deal.labels) */
    public LeadWrites(Conversations conversations, Steps steps, long accountId, List<String> outcomeLabels) {
        this.conversations = conversations;
        this.steps = steps;
        this.accountId = accountId;
        this.outcomeLabels = outcomeLabels;
    }

    /**
     * The lead of the conversation in hand, decided on with its step, or of another one as last known. Of the facts, those
     * that are missing or blank are as the conversation shows them.
     *
     * @param body in a step, its conversation
     * @param conversation may be missing in a step
     * @throws IllegalArgumentException naming a header that is wrong, or the contact if nobody knows it
     */
    public void upsert(
            @Body Object body,
            @Header("conversationId") Object conversation,
            @Header("contactId") Object contact,
            @Header("name") Object name,
            @Header("email") Object email,
            @Header("phone") Object phone,
            @Header("company") Object company,
            @Header("companySize") Object companySize,
            @Header("industry") Object industry,
            @Header("dealValue") Object dealValue) {
        LeadFacts facts = new LeadFacts(
                Inputs.optionalId("contactId", given(contact).orElse(null)),
                fact("name", name, Inputs::name),
                fact("email", email, Inputs::email),
                fact("phone", phone, Inputs::phone),
                fact("company", company, Inputs::name),
                fact("companySize", companySize, Inputs::name),
                fact("industry", industry, Inputs::name),
                fact("dealValue", dealValue, Inputs::name));
        if (body instanceof Conversation inHand
                && (conversation == null || Inputs.id("conversationId", conversation) == inHand.getId())) {
            steps.lead(inHand, facts);
        } else {
            conversations.decide(
                    accountId, Inputs.id("conversationId", conversation), lastKnown -> steps.lead(lastKnown, facts));
        }
    }

    /**
     * How a deal ended, shown in its conversation; of a contact, in the one that qualified last. May be told again, and
     * otherwise than before.
     *
     * @param body in a step, its conversation, with which the outcome is decided on
     * @param outcome won or lost
     * @param conversation or the contact; with both, this one is taken; both may be missing in a step
     * @param dealValue may be missing
     * @throws IllegalArgumentException naming a header that is wrong, or the contact if it has no lead here
     */
    public void outcome(
            @Body Object body,
            @Header("outcome") Object outcome,
            @Header("conversationId") Object conversation,
            @Header("contactId") Object contact,
            @Header("dealValue") Object dealValue) {
        DealOutcome deal = deal(
                "outcome", outcome, outcomeLabels, given(dealValue).map(value -> Inputs.amount("dealValue", value)));
        Consumer<Conversation> decision = lead -> steps.outcome(lead, deal);
        Optional<Long> id = given(conversation).map(value -> Inputs.id("conversationId", value));
        if (body instanceof Conversation inHand
                && id.map(one -> one == inHand.getId()).orElse(given(contact).isEmpty())) {
            decision.accept(inHand);
        } else if (id.isPresent()) {
            conversations.decide(accountId, id.get(), decision);
        } else if (given(contact).isPresent()) {
            conversations.decideOnLead(accountId, Inputs.id("contactId", contact), decision);
        } else {
            throw new IllegalArgumentException("conversationId and contactId are missing; expected one of them");
        }
    }

    /** @throws IllegalArgumentException naming the field if its value is neither won nor lost */
    static DealOutcome deal(String field, Object outcome, List<String> labels, Optional<BigDecimal> worth) {
        int index = OUTCOMES.indexOf(Inputs.oneOf(field, outcome, OUTCOMES));
        return new DealOutcome(OUTCOMES.get(index), labels.get(index), labels.get(1 - index), worth);
    }

    private static Optional<String> fact(String header, Object value, BiFunction<String, Object, String> check) {
        return given(value).map(present -> check.apply(header, present));
    }

    private static Optional<Object> given(Object value) {
        return Optional.ofNullable(value).filter(present -> !present.toString().isBlank());
    }
}
