package io.leadroutes.chatwoot;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;

/**
 * Lets only those headers of Chatwoot's answers into the exchange that the {@link Gateway} reads: others, with Camel's
 * prefix or without, control endpoints (notes, security, row 11).
 */
public final class ChatwootHeaders extends HttpHeaderFilterStrategy {
    private static final Set<String> READ = Set.of("retry-after", "date");

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return !READ.contains(name.toLowerCase(Locale.ROOT));
    }
}
