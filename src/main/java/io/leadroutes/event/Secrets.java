package io.leadroutes.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes secrets out of webhook bodies: {@code contact_inbox.pubsub_token}, {@code channel.hmac_token} and
 * {@code channel.secret} (CONTRACT sections 2.1 and 2.2), and their like in the channel rows of other inboxes.
 */
public final class Secrets {
    /** What stands in place of a secret. */
    public static final String REDACTED = "[redacted]";

    // webhook_url: that of an API inbox can be our own address, with our token in its query.
    private static final List<String> ENDINGS =
            List.of("token", "secret", "password", "api_key", "apikey", "private_key", "authorization", "webhook_url");

    private Secrets() {}

    /** The map with the values of secret keys replaced, at its top level. */
    public static Map<String, Object> redact(Map<String, Object> map) {
        Map<String, Object> clean = new LinkedHashMap<>(map);
        clean.replaceAll((key, value) -> isSecret(key) && value != null ? REDACTED : value);
        return clean;
    }

    static boolean isSecret(String key) {
        // Each key of each body comes through here, and most differ in their last letter.
        for (String ending : ENDINGS) {
            if (endsWith(key, ending)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsWith(String key, String ending) {
        int offset = key.length() - ending.length();
        if (offset < 0) {
            return false;
        }
        for (int i = ending.length() - 1; i >= 0; i--) {
            char letter = key.charAt(offset + i);
            if ((letter == '-' ? '_' : Character.toLowerCase(letter)) != ending.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
