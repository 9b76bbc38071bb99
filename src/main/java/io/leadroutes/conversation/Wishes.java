package io.leadroutes.conversation;

import io.leadroutes.event.Priority;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Body;

/**
 * The bean {@code wishes}, by which a step in {@code routes/} asks for something:
 * {@code - bean: {ref: wishes, method: "addLabels('vip')"}}. The exchange's body is the conversation.
 */
public final class Wishes {
    private static final String STEP = "step";

    /** @param labels titles, comma-separated; lower-cased, as Chatwoot defines them (CONTRACT section 3.2) */
    public void addLabels(String labels, @Body Conversation conversation) {
        List<String> titles = Arrays.stream(labels.split(","))
                .map(label -> label.strip().toLowerCase(Locale.ROOT))
                .filter(label -> !label.isEmpty())
                .toList();
        wish(new Wish.AddLabels(titles), conversation);
    }

    /** Sets one conversation custom attribute; null clears it. */
    public void setAttribute(String key, Object value, @Body Conversation conversation) {
        wish(new Wish.SetAttributes(Collections.singletonMap(key, value)), conversation);
    }

    /**
     * @param word none, low, medium, high or urgent
     * @throws IllegalArgumentException naming another word
     */
    public void setPriority(String word, @Body Conversation conversation) {
        wish(new Wish.SetPriority(Priority.of(word)), conversation);
    }

    /** @param team its name or numeric id */
    public void assignTeam(String team, @Body Conversation conversation) {
        wish(new Wish.AssignTeam(team), conversation);
    }

    /**
     * @param occasion one note is written per conversation and occasion that waits
     * @param text Markdown; text from customers must not be put in
     */
    public void note(String occasion, String text, @Body Conversation conversation) {
        wish(new Wish.Note(occasion, text), conversation);
    }

    private static void wish(Wish wish, Conversation conversation) {
        conversation.wish(wish, Urgency.TAGGING, new Reason(STEP, conversation.getMessageId(), List.of()));
    }
}
