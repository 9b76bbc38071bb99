package io.leadroutes.conversation;

import io.leadroutes.rules.Placeholders;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;

/**
 * Somebody whom a private note is to notify, as a note's text names them until it is sent:
 * <code>{mention-team: sales}</code>. Customers' text never holds one, because {@link NoteTemplate#harmless} parts the
 * brace from what follows.
 *
 * @param name a name in any case, an id, or an agent's e-mail address
 */
public record Mention(Kind kind, String name) {

    /** Whom. */
    public enum Kind {
        TEAM,
        AGENT
    }

    /** Those in this text, in text order. */
    public static List<Mention> in(String text) {
        return Placeholders.MENTION.matcher(text).results().map(Mention::of).toList();
    }

    /** The text with each mention as {@code markdown} has it. */
    public static String replaceIn(String text, Function<Mention, String> markdown) {
        return Placeholders.MENTION
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(markdown.apply(of(found))));
    }

    private static Mention of(MatchResult found) {
        return new Mention(Kind.valueOf(found.group(1).toUpperCase(Locale.ROOT)), found.group(2));
    }

    /** The mention of this team as it stands in a text; absent for a name that could not be told from the text around it. */
    static Optional<String> ofTeam(String name) {
        return Optional.of("{mention-team: " + name.strip() + "}")
                .filter(text -> Placeholders.MENTION.matcher(text).matches());
    }

    /** The name as Markdown that notifies nobody. */
    public String plain() {
        return NoteTemplate.harmless(name);
    }
}
