package io.leadroutes.chatwoot;

import java.util.List;
import java.util.Optional;

/**
 * A custom attribute that the account defines (CONTRACT section 3.5).
 *
 * @param type text, number, currency, percent, link, date, list or checkbox; a word that this release does not know
 *     stays as it is
 * @param model conversation, contact or company, likewise
 * @param values of a list, empty for other types
 * @param regex what a text has to match; the server does not check it
 * @param regexCue what the dashboard tells who does not match it
 */
public record AttributeDefinition(
        long id,
        String key,
        String name,
        String type,
        String model,
        Optional<String> description,
        List<String> values,
        Optional<String> regex,
        Optional<String> regexCue) {}
