package io.leadroutes.chatwoot;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.event.Message;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Conversations and messages as the API lists them, whole: what {@link WebhookBodies} are made of. Both dialects. Pure.
 * The two lists throw {@link ChatwootException.Unavailable} for an answer of neither dialect, as {@link Answers} does.
 */
public final class RawAnswers {
    private RawAnswers() {}

    /** Of one page of list-conversations; each has an id. */
    public static List<JsonNode> conversations(ApiAnswer answer) throws ChatwootException {
        return Answers.nodes(answer, Answers.conversationList(answer), "a list of conversations", "a conversation");
    }

    /** How many conversations all pages together have; absent where the answer does not tell (CONTRACT section 3.3). */
    public static OptionalInt total(ApiAnswer answer) {
        JsonNode data = answer.body().path("data");
        JsonNode count = (data.isObject() ? data : answer.body()).path("meta").path("all_count");
        return count.canConvertToInt() && count.isIntegralNumber()
                ? OptionalInt.of(count.intValue())
                : OptionalInt.empty();
    }

    /** Of list-messages, oldest first; each has an id. */
    public static List<JsonNode> messages(ApiAnswer answer) throws ChatwootException {
        return Answers.nodes(answer, Answers.payload(answer.body()), "a list of messages", "a message");
    }

    /** The display id of a conversation, or the id of a message, of those lists. */
    public static long id(JsonNode listed) {
        return listed.path("id").longValue();
    }

    /** True for a message that is incoming and not private. */
    public static boolean isFromCustomer(JsonNode message) {
        return Answers.type(message.path("message_type")) == Message.Type.INCOMING
                && !message.path("private").asBoolean(false);
    }

    /**
     * The id of a conversation's last message; 0 if it has none, absent where the conversation does not tell (CONTRACT
     * section 3.3: {@code messages} has the last one).
     */
    public static OptionalLong lastMessage(JsonNode conversation) {
        JsonNode messages = conversation.path("messages");
        if (!messages.isArray()) {
            return OptionalLong.empty();
        }
        return messages.isEmpty() ? OptionalLong.of(0) : Answers.optionalId(messages.path(messages.size() - 1));
    }
}
