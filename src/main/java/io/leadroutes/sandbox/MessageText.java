package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Chatwoot does with the text of outgoing messages: Liquid and mentions (CONTRACT section 3.4). */
final class MessageText {
    private static final Pattern CODE = Pattern.compile("`.*?`", Pattern.DOTALL);
    private static final Pattern MENTION = Pattern.compile("\\[@[^\\]]*]\\(mention://(user|team)/(\\d+)/([^)]*)\\)");

    private MessageText() {}

    /**
     * The content as a Liquid template: {@code {{ path }}} outside backticks becomes its value, unknown ones vanish,
     * filters are ignored. A template that is malformed (an opening without its end, or any {@code {% %}} tag, of which
     * none is known here) stays as it is, whole.
     */
    static String expand(String content, Map<String, Object> variables) {
        StringBuilder expanded = new StringBuilder();
        Matcher code = CODE.matcher(content);
        int from = 0;
        while (code.find()) {
            Optional<String> text = expandText(content.substring(from, code.start()), variables);
            if (text.isEmpty()) {
                return content;
            }
            expanded.append(text.get()).append(code.group());
            from = code.end();
        }
        return expandText(content.substring(from), variables)
                .map(text -> expanded.append(text).toString())
                .orElse(content);
    }

    private static Optional<String> expandText(String text, Map<String, Object> variables) {
        if (text.contains("{%")) {
            return Optional.empty();
        }
        StringBuilder expanded = new StringBuilder();
        int from = 0;
        for (int open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", from)) {
            int close = text.indexOf("}}", open);
            if (close < 0) {
                return Optional.empty();
            }
            expanded.append(text, from, open).append(value(text.substring(open + 2, close), variables));
            from = close + 2;
        }
        return Optional.of(expanded.append(text.substring(from)).toString());
    }

    private static String value(String expression, Map<String, Object> variables) {
        String path = expression.split("\\|", 2)[0].replaceAll("^-|-$", "").strip();
        Object value = variables;
        for (String key : path.split("\\.")) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return value == null || value instanceof Map ? "" : value.toString();
    }

    static Map<String, Object> variables(Message message) {
        Rows.Conversation conversation = message.conversation;
        Rows.Contact contact = conversation.contact();
        return Json.object(
                "contact",
                Json.object(
                        "name", contact.name,
                        "email", contact.email,
                        "phone_number", contact.phoneNumber,
                        "custom_attribute", contact.customAttributes),
                "conversation",
                Json.object("display_id", conversation.displayId, "custom_attribute", conversation.customAttributes),
                "agent",
                message.agent == null ? null : Json.object("name", message.agent.name, "email", message.agent.email),
                "inbox",
                Json.object("name", conversation.inbox().name()),
                "account",
                Json.object("name", Account.NAME));
    }

    /** Who is told of a private note; a bare {@code @name} tells nobody. */
    static List<Notification> mentions(Message message) {
        List<Notification> mentioned = new ArrayList<>();
        Matcher mention = MENTION.matcher(message.content == null ? "" : message.content);
        while (mention.find()) {
            mentioned.add(new Notification(
                    message.conversation.displayId,
                    message.id,
                    mention.group(1),
                    Long.parseLong(mention.group(2)),
                    mention.group(3)));
        }
        return mentioned;
    }
}
