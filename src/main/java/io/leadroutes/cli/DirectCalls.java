package io.leadroutes.cli;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.NamedNode;
import org.apache.camel.model.DynamicRouterDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.ToDynamicDefinition;

/**
 * Finds where a route calls Chatwoot by itself, past the gateway, its budget and its token (invariant 7): endpoints, and
 * expressions that give endpoints, in which Chatwoot's host stands. What a message brings is not known before it comes.
 */
final class DirectCalls {
    private static final String PLACEHOLDER = "{{chatwoot.base-url";

    /** By which a message tells camel-http another address than its endpoint's. */
    private static final String ADDRESS_HEADER = "CamelHttpUri";

    private static final Set<Class<?>> GIVE_ENDPOINTS = Set.of(
            EnrichDefinition.class,
            PollEnrichDefinition.class,
            RecipientListDefinition.class,
            RoutingSlipDefinition.class,
            DynamicRouterDefinition.class);

    private final Pattern host;
    private final int port;
    private final UnaryOperator<String> resolved;

    /**
     * @param baseUrl Chatwoot's
     * @param resolved makes placeholders values, as far as they are known
     */
    DirectCalls(String baseUrl, UnaryOperator<String> resolved) {
        URI chatwoot = URI.create(baseUrl);
        this.host =
                Pattern.compile("(?i)(?<![\\w.-])" + Pattern.quote(chatwoot.getHost()) + "(?::(\\d{1,5}))?(?![\\w.-])");
        this.port = usual(chatwoot.getPort());
        this.resolved = resolved;
    }

    /** Each with its place, its value and what was expected. */
    List<String> in(RouteDefinition route) {
        @SuppressWarnings("rawtypes")
        Collection<ProcessorDefinition> nodes =
                ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class);
        return nodes.stream()
                .flatMap(node -> endpoints(node).filter(this::isChatwoot).map(uri -> problem(route, node, uri)))
                .toList();
    }

    private static Stream<String> endpoints(ProcessorDefinition<?> node) {
        if (node instanceof SendDefinition<?> to) {
            return Stream.of(to.getEndpointUri());
        }
        if (node instanceof ToDynamicDefinition to) {
            return Stream.of(to.getUri());
        }
        boolean isAddress =
                node instanceof SetHeaderDefinition header && ADDRESS_HEADER.equalsIgnoreCase(header.getName());
        if (node instanceof ExpressionNode of
                && (isAddress || GIVE_ENDPOINTS.contains(node.getClass()))
                && of.getExpression() != null) {
            return Stream.ofNullable(of.getExpression().getExpression());
        }
        return Stream.empty();
    }

    private boolean isChatwoot(String endpoint) {
        return endpoint.contains(PLACEHOLDER)
                || host.matcher(resolved.apply(endpoint)).results().anyMatch(this::isItsPort);
    }

    private boolean isItsPort(MatchResult found) {
        return usual(found.group(1) == null ? -1 : Integer.parseInt(found.group(1))) == port;
    }

    /** Who says http where https is, is redirected there. */
    private static int usual(int port) {
        return port == 80 || port == 443 ? -1 : port;
    }

    private static String problem(RouteDefinition route, NamedNode node, String endpoint) {
        return RouteFiles.place(route, node) + ": uri is \"" + RouteFiles.withoutOptions(endpoint)
                + "\", which calls Chatwoot past its rate limit; expected direct:chatwoot-<verb> or its kamelet";
    }
}
