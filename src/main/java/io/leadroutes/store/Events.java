package io.leadroutes.store;

import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.Steps;
import io.leadroutes.conversation.Waits;
import io.leadroutes.event.Contact;
import java.util.List;

/** Brings an event to the conversation that it is about; the route {@code event-router} says which way. */
public final class Events {
    private final Conversations conversations;
    private final Steps steps;
    private final Waits waits;

    public Events(Conversations conversations, Steps steps, Waits waits) {
        this.conversations = conversations;
        this.steps = steps;
        this.waits = waits;
    }

    // What the routes ask of a claim and an event. Asked of the body itself, Camel would inspect and cache each body
    // anew.

    /** Takes the claim in hand. */
    public List<StoredEvent> of(Claim claim) {
        claim.begin();
        return claim.getEvents();
    }

    public boolean isCustomerMessage(StoredEvent event) {
        return event.isCustomerMessage();
    }

    public boolean isOfConversation(StoredEvent event) {
        return event.isOfConversation();
    }

    public boolean isOfContact(StoredEvent event) {
        return event.isOfContact();
    }

    /** The claim's conversation with the event in hand: what steps see. */
    public Conversation conversation(Claim claim, StoredEvent event) {
        claim.take(event);
        Conversation conversation = claim.open()
                .orElseThrow(() -> new IllegalStateException("lane " + claim.getLane() + " has no conversation"));
        conversation.observe(event.event(), event.receivedAt());
        steps.rest(conversation);
        return conversation;
    }

    /** When all events of the claim are handled: escalates if the customer has waited too long. */
    public void waits(Claim claim) {
        claim.putDown();
        claim.opened().ifPresent(waits::look);
    }

    /**
     * Updates the contact data of the contact's conversations, in the surrounding transaction. The conversation that
     * qualified last is the contact's lead and tells the CRM.
     */
    public void contact(Claim claim, StoredEvent event) {
        claim.take(event);
        Contact contact = event.event().contact().orElseThrow();
        long account = claim.accountId();
        boolean isLead = true;
        for (Conversation conversation : conversations.ofContact(account, contact.id())) {
            // Each customer message changes the contact's last activity: no reason to write anything (invariant 5).
            if (conversation.observe(contact)) {
                if (isLead) {
                    steps.contact(conversation);
                }
                conversations.save(conversation);
            }
            isLead = false;
        }
    }
}
