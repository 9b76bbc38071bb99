package io.leadroutes.chatwoot;

import java.util.List;
import java.util.Optional;

/**
 * A webhook of the account (CONTRACT section 3.13).
 *
 * @param url may itself hold a secret, in its query or before its host
 * @param subscriptions the events that it gets
 * @param secret the signing key; absent on servers that do not sign
 */
public record Webhook(long id, Optional<String> name, String url, List<String> subscriptions, Optional<Secret> secret) {

    /** Text that never shows itself (invariant 12). */
    public record Secret(String value) {
        @Override
        public String toString() {
            return "***";
        }
    }

    /** Without the address and the secret (invariant 12). */
    @Override
    public String toString() {
        return "webhook " + id;
    }
}
