package io.leadroutes.event;

/** Where an event's body keeps its parts (CONTRACT section 2.2). */
enum EventKind {
    MESSAGE,
    CONVERSATION,
    TYPING,
    CONTACT,
    WIDGET,
    OTHER;

    static EventKind of(String type) {
        if (type.equals("message_created") || type.equals("message_updated")) {
            return MESSAGE;
        }
        if (type.startsWith("conversation_typing_")) {
            return TYPING;
        }
        if (type.startsWith("conversation_") || type.startsWith("automation_event.") || type.equals("macro.executed")) {
            return CONVERSATION;
        }
        if (type.startsWith("contact_")) {
            return CONTACT;
        }
        return type.equals("webwidget_triggered") ? WIDGET : OTHER;
    }
}
