package io.leadroutes.conversation;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Fills the placeholders of a note and makes customer text harmless in it. */
final class NoteTemplate {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z_]+)}");
    private static final int MAX_VALUE_CHARS = 500;
    private static final String ZERO_WIDTH_SPACE = "\u200b";

    private NoteTemplate() {}

    /**
     * The note; a line with a placeholder that has no value is left out.
     *
     * @param values by placeholder, as customers wrote them
     */
    static String render(String template, Map<String, String> values) {
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
            String value = values.getOrDefault(matcher.group(1), "");
            if (value.isBlank()) {
                return Optional.empty();
            }
            matcher.appendReplacement(out, Matcher.quoteReplacement(harmless(value)));
        }
        return Optional.of(matcher.appendTail(out).toString());
    }

    /**
     * Text from outside as one line that Chatwoot shows as it stands: no Markdown, link, image or mention, and no Liquid,
     * which Chatwoot would run in every outgoing message (CONTRACT section 3.4). At most 500 characters.
     */
    static String harmless(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(MAX_VALUE_CHARS).forEach(c -> {
            if (Character.isWhitespace(c) || Character.isISOControl(c)) {
                out.append(' ');
            } else if ("\\`*_[]()#<>!|~+-".indexOf(c) >= 0) {
                out.append('\\').appendCodePoint(c);
            } else if (c == '{' || c == '}' || c == ':') {
                // The zero-width space keeps {{, {%, %} and scheme:// from being seen as such.
                out.appendCodePoint(c).append(ZERO_WIDTH_SPACE);
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString().strip();
    }
}
