package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Hook;
import java.net.URI;
import java.util.List;

/**
 * A webhook of the account.
 *
 * @param secret the signing key; empty when deliveries leave unsigned
 * @param subscriptions the events that it gets
 */
public record WebhookView(long id, URI url, String secret, List<String> subscriptions) {

    static WebhookView of(Hook row) {
        return new WebhookView(
                row.id, URI.create(row.url), row.secret == null ? "" : row.secret, List.copyOf(row.subscriptions));
    }
}
