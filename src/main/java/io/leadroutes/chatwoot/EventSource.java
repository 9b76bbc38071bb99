package io.leadroutes.chatwoot;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectEndpoint;

/**
 * The Camel component {@code chatwoot-event:NAME?types=message_created,contact_updated}, with which a route begins that is
 * to get Chatwoot's events. It is the direct component, called by the outbox's dispatcher, that also knows who wants
 * what.
 *
 * <p>A route is known from when it is set up, which is before any route takes work, until the process ends or its endpoint is
 * taken away: what happens while it is stopped waits for it.
 */
public final class EventSource extends DirectComponent {
    private static final String SCHEME = "chatwoot-event";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");

    /** Name to types; none for all. */
    private final Map<String, Set<String>> types = new ConcurrentHashMap<>();

    /** The endpoints of the routes that want events of a type, in the order of their names. */
    public Collection<String> wanting(String type) {
        if (types.isEmpty()) {
            return List.of();
        }
        return types.entrySet().stream()
                .filter(route -> route.getValue().isEmpty() || route.getValue().contains(type))
                .map(route -> SCHEME + ":" + route.getKey())
                .sorted()
                .toList();
    }

    /** @throws IllegalArgumentException naming a name or a type that is wrong */
    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name is \"" + name + "\"; expected letters, digits, - and _, 100 at most");
        }
        String given = getAndRemoveParameter(parameters, "types", String.class, "");
        Set<String> wanted = given.isBlank() ? Set.of() : Set.copyOf(Inputs.eventTypes("types", given));
        DirectEndpoint endpoint = new Source(uri, name, wanted);
        // A route that is not there is no reason to hold a dispatcher's thread: the outbox tries again.
        endpoint.setBlock(false);
        return endpoint;
    }

    private final class Source extends DirectEndpoint {
        private final String name;
        private final Set<String> wanted;

        Source(String uri, String name, Set<String> wanted) {
            super(uri, EventSource.this);
            this.name = name;
            this.wanted = wanted;
        }

        @Override
        public Consumer createConsumer(Processor processor) throws Exception {
            Consumer consumer = super.createConsumer(processor);
            types.put(name, wanted);
            return consumer;
        }

        /** An endpoint stops when it is taken away, not when its route stops. */
        @Override
        protected void doStop() throws Exception {
            types.remove(name, wanted);
            super.doStop();
        }
    }
}
