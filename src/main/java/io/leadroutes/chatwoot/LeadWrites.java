package io.leadroutes.chatwoot;

import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.LeadFacts;
import io.leadroutes.conversation.Steps;
import io.leadroutes.store.Conversations;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.camel.Body;
import org.apache.camel.Header;

/** What the route {@code crm-upsert-lead} does: a wish in the outbox for each endpoint of {@code on.lead-qualified}. */
public final class LeadWrites {
    private final Conversations conversations;
    private final Steps steps;
    private final long accountId;

    public LeadWrites(Conversations conversations, Steps steps, long accountId) {
        this.conversations = conversations;
        this.steps = steps;
        this.accountId = accountId;
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

    private static Optional<String> fact(String header, Object value, BiFunction<String, Object, String> check) {
        return given(value).map(present -> check.apply(header, present));
    }

    private static Optional<Object> given(Object value) {
        return Optional.ofNullable(value).filter(present -> !present.toString().isBlank());
    }
}
