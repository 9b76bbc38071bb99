package io.leadroutes.intake;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Lets nothing of a request into the exchange, and into the answer only what it needs (notes, security, row 11: headers
 * without Camel's prefix control endpoints, too).
 */
public final class HttpAllowList implements HeaderFilterStrategy {
    private static final Set<String> ANSWERED =
            Set.of("content-type", "retry-after", "www-authenticate", "content-security-policy", "set-cookie");

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !ANSWERED.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return true;
    }
}
