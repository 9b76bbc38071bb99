package io.leadroutes.conversation;

import io.leadroutes.event.Message;
import java.util.List;
import java.util.stream.Stream;

/**
 * The customer's messages that nobody has answered. Goes by the messages' ids, which grow with time, as events come in any
 * order (invariant 3).
 *
 * @param answer id of the newest answer, 0 if there is none
 * @param messages ids of the customer's messages after it, in the order that they came, at most {@value #MAX_MESSAGES}
 */
public record Unanswered(long answer, List<Long> messages) {
    static final int MAX_MESSAGES = 100;

    /** None that is known of. */
    public static final Unanswered NONE = new Unanswered(0, List.of());

    public Unanswered {
        messages = List.copyOf(messages);
    }

    /** After a new message; only what a person writes to the customer is an answer, no bot, template or note. */
    Unanswered with(Message message) {
        if (message.isFromCustomer()) {
            boolean counts =
                    message.id() > answer && !messages.contains(message.id()) && messages.size() < MAX_MESSAGES;
            return counts
                    ? new Unanswered(
                            answer,
                            Stream.concat(messages.stream(), Stream.of(message.id()))
                                    .toList())
                    : this;
        }
        boolean isAnswer = message.type() == Message.Type.OUTGOING
                && !message.isPrivate()
                && message.sender() == Message.Sender.USER
                && message.id() > answer;
        return isAnswer ? answeredBy(message.id()) : this;
    }

    /** Nobody waits any more. */
    Unanswered settled() {
        return messages.isEmpty()
                ? this
                : answeredBy(messages.stream().mapToLong(Long::longValue).max().getAsLong());
    }

    private Unanswered answeredBy(long id) {
        return new Unanswered(
                id, messages.stream().filter(message -> message > id).toList());
    }
}
