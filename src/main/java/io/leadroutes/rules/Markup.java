package io.leadroutes.rules;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * HTML taken off a text, and what it quotes ({@code blockquote}). Chatwoot sends messages as written, but old servers
 * send them rendered (CONTRACT section 2.3), and e-mails bring their own; so known tags and the few entities that a
 * renderer writes are undone, and anything else that merely looks like a tag ({@code a < b}, {@code <your team>}) stays
 * text.
 */
final class Markup {

    /** Tags inside a line: they part no words, {@code <b>de</b>mo} reads "demo". */
    private static final Set<String> INLINE =
            words("a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q"
                    + " s samp small span strike strong sub sup tt u var wbr");

    /** Tags that part lines or cells. */
    private static final Set<String> BLOCK = words("address article aside blockquote body br button center div dd dl dt"
            + " fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html iframe img input li main meta link"
            + " nav ol option p pre section select table tbody td textarea tfoot th thead title tr ul");

    /** Elements whose content nobody sees. */
    private static final Set<String> HIDDEN = words("head script style");

    private static final int LONGEST_NAME = 10;
    private static final int LONGEST_ENTITY = 10;

    private final String source;
    private final MappedText visible;
    private final Set<String> missing = new HashSet<>();

    /** Where in the visible text each quotation that has not ended yet began. */
    private final ArrayDeque<Integer> quotations = new ArrayDeque<>();

    private Markup(String source) {
        this.source = source;
        this.visible = new MappedText(source.length());
    }

    /** What a reader sees of this text. Time is linear in its length. */
    static MappedText visible(String source) {
        if (source.indexOf('<') < 0 && source.indexOf('&') < 0) {
            return MappedText.same(source);
        }
        Markup markup = new Markup(source);
        markup.run();
        return markup.visible;
    }

    private void run() {
        int i = 0;
        while (i < source.length()) {
            char c = source.charAt(i);
            int next = c == '<' ? afterTag(i) : c == '&' ? afterEntity(i) : i;
            if (next == i) {
                visible.append(c, i, i + 1);
                next++;
            }
            i = next;
        }
    }

    /** The index after the tag or comment that begins here, having appended what it stands for; or {@code open} itself. */
    private int afterTag(int open) {
        if (source.startsWith("<!--", open)) {
            return after("-->", open + 4).orElse(open);
        }
        boolean closing = source.startsWith("</", open);
        int nameStart = closing ? open + 2 : open + 1;
        int nameEnd = nameStart;
        while (nameEnd < source.length()
                && nameEnd - nameStart <= LONGEST_NAME
                && isAsciiAlphanumeric(source.charAt(nameEnd))) {
            nameEnd++;
        }
        String name = asciiLowerCase(source.substring(nameStart, nameEnd));
        boolean hidden = HIDDEN.contains(name);
        boolean block = BLOCK.contains(name);
        if (!hidden && !block && !INLINE.contains(name)) {
            return open;
        }
        int close = nameEnd;
        if (close < source.length() && !endsName(source.charAt(close))) {
            return open;
        }
        // A tag holds no other "<": so these scans never overlap, and hostile text costs linear time.
        while (close < source.length() && source.charAt(close) != '>') {
            if (source.charAt(close) == '<') {
                return open;
            }
            close++;
        }
        if (close == source.length()) {
            return open;
        }
        if (name.equals("blockquote")) {
            quotation(closing);
        }
        if (block || hidden) {
            visible.append('\n', open, close + 1);
        }
        return hidden && !closing ? after("</" + name + ">", close + 1).orElse(close + 1) : close + 1;
    }

    /** Takes off what a quotation holds once it ends; one that never ends is none. */
    private void quotation(boolean ends) {
        if (!ends) {
            quotations.push(visible.length());
        } else if (!quotations.isEmpty()) {
            visible.truncate(quotations.pop());
        }
    }

    /** The index after the next {@code end}, if there is one; what is missing once is not searched for again. */
    private OptionalInt after(String end, int from) {
        int found = missing.contains(end) ? -1 : source.indexOf(end, from);
        if (found < 0) {
            missing.add(end);
            return OptionalInt.empty();
        }
        return OptionalInt.of(found + end.length());
    }

    private static boolean endsName(char c) {
        return c == '>' || c == '/' || Character.isWhitespace(c);
    }

    private int afterEntity(int ampersand) {
        int limit = Math.min(source.length(), ampersand + LONGEST_ENTITY);
        int semicolon = ampersand + 1;
        while (semicolon < limit && source.charAt(semicolon) != ';') {
            semicolon++;
        }
        if (semicolon == limit) {
            return ampersand;
        }
        int codePoint = codePoint(source.substring(ampersand + 1, semicolon));
        if (codePoint < 0) {
            return ampersand;
        }
        visible.append(Character.toString(codePoint), ampersand, semicolon + 1);
        return semicolon + 1;
    }

    private static int codePoint(String entity) {
        return switch (entity) {
            case "amp" -> '&';
            case "lt" -> '<';
            case "gt" -> '>';
            case "quot" -> '"';
            case "apos" -> '\'';
            case "nbsp" -> ' ';
            default -> entity.startsWith("#") ? numeric(entity.substring(1)) : -1;
        };
    }

    private static int numeric(String number) {
        boolean hex = number.startsWith("x") || number.startsWith("X");
        try {
            int codePoint = Integer.parseInt(hex ? number.substring(1) : number, hex ? 16 : 10);
            return Character.isValidCodePoint(codePoint) ? codePoint : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static boolean isAsciiAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static String asciiLowerCase(String name) {
        StringBuilder lower = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            lower.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return lower.toString();
    }

    private static Set<String> words(String list) {
        return Set.of(list.split(" "));
    }
}
