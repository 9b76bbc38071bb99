package io.leadroutes.conversation;

import io.leadroutes.event.Priority;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Exchange;

/**
 * The bean {@code wishes}, by which a step in {@code routes/} asks for something:
 * {@code - bean: {ref: wishes, method: "addLabels('vip')"}}. The exchange's body is the conversation.
 */
public final class Wishes {
    private static final String STEP = "step";

    /** @param labels titles, comma-separated; lower-cased, as Chatwoot defines them (CONTRACT section 3.2) */
    public void addLabels(String labels, Exchange exchange) {
        List<String> titles = Arrays.stream(labels.split(","))
                .map(label -> label.strip().toLowerCase(Locale.ROOT))
                .filter(label -> !label.isEmpty())
                .toList();
        wish(Wish.ChangeLabels.add(titles), exchange);
    }

    /** Sets one conversation custom attribute; null clears it. */
    public void setAttribute(String key, Object value, Exchange exchange) {
        wish(Wish.ChangeAttributes.set(Collections.singletonMap(key, value)), exchange);
    }

    /**
     * @param word none, low, medium, high or urgent
     * @throws IllegalArgumentException naming another word
     */
    public void setPriority(String word, Exchange exchange) {
        wish(new Wish.SetPriority(Priority.of(word)), exchange);
    }

    /** @param team its name or numeric id */
    public void assignTeam(String team, Exchange exchange) {
        wish(new Wish.AssignTeam(team), exchange);
    }

    /**
     * @param occasion one note is written per conversation and occasion that waits
     * @param text Markdown, {@link Mention mentions} too; text from customers must not be put in
     */
    public void note(String occasion, String text, Exchange exchange) {
        wish(new Wish.Note(occasion, text), exchange);
    }

    /** The Exchange, because Camel gives a trailing {@code @Body} null where a route writes the other parameters. */
    private static void wish(Wish wish, Exchange exchange) {
        Conversation conversation = exchange.getMessage().getBody(Conversation.class);
        if (conversation == null) {
            throw new IllegalStateException("the body is not the conversation; expected wishes to be made in a step");
        }
        conversation.wish(wish, Urgency.TAGGING, new Reason(STEP, conversation.getMessageId(), List.of()));
    }
}
