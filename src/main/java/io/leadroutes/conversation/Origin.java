package io.leadroutes.conversation;

import io.leadroutes.event.Snapshot;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a conversation comes from, as far as events have shown it (CONTRACT section 2.2).
 *
 * @param language what Chatwoot detected the customer to write, else their browser's; lower-case, without country
 * @param referer the address of the page that the customer wrote from
 */
public record Origin(OptionalLong inbox, Optional<String> language, Optional<String> referer) {
    private static final int MAX_LANGUAGE_CHARS = 8;
    private static final int MAX_REFERER_CHARS = 2_000;

    /** Nothing is known. */
    public static final Origin UNKNOWN = new Origin(OptionalLong.empty(), Optional.empty(), Optional.empty());

    /** With what a body shows; what it does not carry stays. */
    Origin with(Snapshot shown) {
        Map<String, Object> more = shown.additionalAttributes();
        return new Origin(
                shown.inboxId().isPresent() ? shown.inboxId() : inbox,
                language(more.get("conversation_language"))
                        .or(() -> language(browserLanguage(more)))
                        .or(() -> language),
                text(more.get("referer"))
                        .map(page -> cut(page, MAX_REFERER_CHARS))
                        .or(() -> referer));
    }

    private static Object browserLanguage(Map<String, Object> more) {
        Object direct = more.get("browser_language");
        return direct == null && more.get("browser") instanceof Map<?, ?> browser
                ? browser.get("browser_language")
                : direct;
    }

    /** {@code de-AT} and {@code de_AT} are {@code de}. */
    private static Optional<String> language(Object value) {
        return text(value)
                .map(tag -> tag.split("[-_]", 2)[0].toLowerCase(Locale.ROOT))
                .filter(tag -> !tag.isEmpty() && tag.length() <= MAX_LANGUAGE_CHARS);
    }

    private static Optional<String> text(Object value) {
        return value instanceof String text && !text.isBlank() ? Optional.of(text.strip()) : Optional.empty();
    }

    private static String cut(String text, int maxChars) {
        return text.length() <= maxChars ? text : text.substring(0, text.offsetByCodePoints(0, maxChars / 2));
    }
}
