package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Contact;
import java.util.List;
import java.util.Map;

/** {@code /contacts} (CONTRACT sections 3.2 and 3.7). */
final class ContactApi {
    private final Account account;
    private final Contacts contacts;
    private final ApiShapes shapes;

    ContactApi(Account account, Contacts contacts, ApiShapes shapes) {
        this.account = account;
        this.contacts = contacts;
        this.shapes = shapes;
    }

    void register(Router router) {
        router.on("POST", "/contacts", this::create)
                .on("GET", "/contacts/#", request -> answer(contact(request)))
                .on("PATCH", "/contacts/#", this::update)
                .on("PUT", "/contacts/#", this::update)
                .on("DELETE", "/contacts/#", this::delete)
                .on("POST", "/contacts/#/destroy_custom_attributes", this::destroyCustomAttributes)
                .on("GET", "/contacts/#/conversations", this::conversations)
                .on("GET", "/contacts/#/labels", request -> Answer.ok(payload(contact(request).labels)))
                .on("POST", "/contacts/#/labels", this::setLabels);
    }

    private Contact contact(Request request) {
        return account.contact(request.id());
    }

    private static Map<String, Object> payload(Object value) {
        return Json.object("payload", value);
    }

    private Answer answer(Contact contact) {
        return Answer.ok(payload(shapes.contactWithInboxes(contact)));
    }

    private Answer conversations(Request request) {
        Contact contact = contact(request);
        return Answer.ok(payload(account.conversations.values().stream()
                .filter(conversation -> conversation.contact() == contact)
                .map(shapes::conversation)
                .toList()));
    }

    private Answer create(Request request) {
        Contact contact = contacts.create(request.body());
        return Answer.ok(payload(Json.object("contact", shapes.contactWithInboxes(contact), "contact_inbox", null)));
    }

    private Answer update(Request request) {
        Contact contact = contact(request);
        contacts.update(contact, request.body());
        return answer(contact);
    }

    private Answer delete(Request request) {
        request.requireAdministrator(account.settings);
        Contact contact = contact(request);
        account.contacts.remove(contact.id);
        account.conversations.values().removeIf(conversation -> conversation.contact() == contact);
        account.contactInboxes.removeIf(link -> link.contact() == contact);
        return Answer.empty(200);
    }

    private Answer destroyCustomAttributes(Request request) {
        Contact contact = contact(request);
        if (!(request.param("custom_attributes") instanceof List<?> keys)) {
            throw Refusal.serverError();
        }
        contacts.removeAttributes(contact, keys);
        return answer(contact);
    }

    private Answer setLabels(Request request) {
        Contact contact = contact(request);
        contacts.setLabels(contact, Attributes.labels(request.param("labels")));
        return Answer.ok(payload(
                account.settings.isReference()
                        ? Json.object("id", contact.id, "name", contact.name, "labels", contact.labels)
                        : contact.labels));
    }
}
