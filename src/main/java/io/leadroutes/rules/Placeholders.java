package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a note may hold in braces: names, such as <code>{score}</code>, and mentions, such as
 * <code>{mention-team: sales}</code>. Whoever renders a note leaves out a line whose placeholder has no value.
 */
public final class Placeholders {

    /** Mentions the team that the rule assigns. */
    public static final String MENTION_TEAM = "mention-team";

    /** Every allowed name. */
    public static final Set<String> NAMES = Set.of(
            "score",
            "reasons",
            "labels",
            "name",
            "email",
            "phone",
            "company",
            "company_size",
            "industry",
            "deal_value",
            "next_follow_up",
            "message",
            "rule",
            "team",
            "from",
            MENTION_TEAM);

    /** A mention of a team or an agent: its kind, and its name, id or (an agent's) e-mail address. */
    public static final Pattern MENTION =
            Pattern.compile("\\{mention-(team|agent): *([^{}\\s](?:[^{}\\r\\n]{0,98}[^{}\\s])?) *}");

    private static final List<String> MENTIONS = List.of("{mention-agent: NAME}", "{mention-team: NAME}");

    private Placeholders() {}

    /** The texts in braces that are no placeholder, in text order; an opening brace that is never closed too. */
    static List<String> unknownIn(String note) {
        List<String> unknown = new ArrayList<>();
        int open = note.indexOf('{');
        while (open >= 0) {
            int close = note.indexOf('}', open);
            if (close < 0) {
                unknown.add(note.substring(open, Math.min(note.length(), open + 20)));
                return unknown;
            }
            String placeholder = note.substring(open, close + 1);
            boolean isKnown = NAMES.contains(note.substring(open + 1, close))
                    || MENTION.matcher(placeholder).matches();
            if (!isKnown) {
                unknown.add(placeholder);
            }
            open = note.indexOf('{', close);
        }
        return unknown;
    }

    static String list() {
        return "{" + String.join("}, {", new TreeSet<>(NAMES)) + "}, " + String.join(", ", MENTIONS);
    }
}
