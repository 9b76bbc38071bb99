package io.leadroutes.conversation;

import io.leadroutes.rules.Placeholders;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Fills the placeholders of a note and makes customer text harmless in it. */
public final class NoteTemplate {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z_]+|" + Placeholders.MENTION_TEAM + ")}");
    private static final Pattern EMAIL = Pattern.compile("[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+");
    private static final int MAX_VALUE_CHARS = 500;
    private static final String ZERO_WIDTH_SPACE = "\u200b";

    private NoteTemplate() {}

    /**
     * The note; a line with a placeholder that has no value is left out. Mentions stay: only who sends it knows the ids.
     *
     * @param values by placeholder, as customers wrote them
     */
    public static String render(String template, Map<String, String> values) {
        return template.lines()
                .map(line -> renderLine(line, values))
                .flatMap(Optional::stream)
                .collect(Collectors.joining("\n"))
                .strip();
    }

    private static Optional<String> renderLine(String line, Map<String, String> values) {
        Matcher matcher = PLACEHOLDER.matcher(line);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            String value = value(matcher.group(1), values);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            matcher.appendReplacement(out, Matcher.quoteReplacement(value));
        }
        return Optional.of(matcher.appendTail(out).toString());
    }

    private static String value(String placeholder, Map<String, String> values) {
        String value = values.getOrDefault(placeholder, "");
        return Optional.of(value)
                .filter(team -> placeholder.equals(Placeholders.MENTION_TEAM))
                .flatMap(Mention::ofTeam)
                .orElseGet(() -> harmless(value));
    }

    /**
     * Text from outside as one line that Chatwoot shows as it stands: no Markdown, link, image or mention, and no Liquid,
     * which Chatwoot would run in every outgoing message (CONTRACT section 3.4). At most 500 characters.
     */
    static String harmless(String text) {
        int[] all = text.codePoints()
                .limit(MAX_VALUE_CHARS)
                .map(c -> Character.isWhitespace(c) || Character.isISOControl(c) ? ' ' : c)
                .toArray();
        String line = new String(all, 0, all.length).strip();
        boolean isEmail = EMAIL.matcher(line).matches();
        int[] shown = line.codePoints().toArray();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < shown.length; i++) {
            int c = shown[i];
            boolean isList = c == '.' && isNumber(shown, i);
            if (isList || "\\`*_[]()#<>!|~+-=&".indexOf(c) >= 0) {
                out.append('\\');
            }
            // The zero-width space keeps {{, {%, %}, scheme:// and name.tld from being seen as such.
            if (c == '}') {
                out.append(ZERO_WIDTH_SPACE);
            }
            out.appendCodePoint(c);
            // Chatwoot links whatever looks like a domain; an address alone stays whole, so that it can be copied.
            boolean isDomain = c == '.' && !isEmail && i + 1 < shown.length && Character.isLetterOrDigit(shown[i + 1]);
            if (isDomain || c == '{' || c == ':') {
                out.append(ZERO_WIDTH_SPACE);
            }
        }
        return out.toString();
    }

    /** True if there is nothing but digits before this place: with a full stop they would begin a list. */
    private static boolean isNumber(int[] text, int end) {
        for (int i = 0; i < end; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return false;
            }
        }
        return end > 0;
    }
}
