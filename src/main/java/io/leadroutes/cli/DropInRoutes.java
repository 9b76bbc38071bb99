package io.leadroutes.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.Route;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;

/** Adds drop-ins to the routes that run, all routes of one or none, and takes them away. */
final class DropInRoutes {
    private final ModelCamelContext camel;
    private final DirectCalls directCalls;

    /** What is wrong with a drop-in that can be read; the message has the places. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(List<String> problems) {
            super(String.join("\n", problems));
        }
    }

    /** @param chatwoot its base URL */
    DropInRoutes(CamelContext context, String chatwoot) {
        camel = (ModelCamelContext) context;
        directCalls = new DirectCalls(chatwoot, this::resolved);
        // So that what is wrong is told with its line.
        camel.setSourceLocationEnabled(true);
    }

    /**
     * Reads files together; a Java file may use another's classes.
     *
     * @throws Exception if any of them cannot be read
     */
    Collection<RoutesBuilder> parse(List<Resource> files) throws Exception {
        if (files.isEmpty()) {
            return List.of();
        }
        Collection<RoutesBuilder> builders = PluginHelper.getRoutesLoader(camel).findRoutesBuilders(files);
        // YAML is understood then only.
        definitions(builders);
        return builders;
    }

    /**
     * Looked at before anything runs; an id that is taken would take the other route's place.
     *
     * @param own ids of routes whose place these routes take
     * @throws RefusedException naming all that is wrong
     */
    void check(Collection<RoutesBuilder> builders, Set<String> own) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (RouteDefinition route : definitions(builders)) {
            RouteDefinition other = route.getId() == null ? null : camel.getRouteDefinition(route.getId());
            if (other != null && !own.contains(route.getId())) {
                wrong.add(RouteFiles.taken(route, other));
            }
            wrong.addAll(RouteFiles.unknownComponents(camel, route));
            wrong.addAll(directCalls.in(route));
        }
        refuseIf(wrong);
    }

    private static void refuseIf(List<String> wrong) throws RefusedException {
        if (!wrong.isEmpty()) {
            throw new RefusedException(wrong);
        }
    }

    /** A kamelet's own parameters have values when its routes are made only. */
    private String resolved(String text) {
        try {
            return camel.resolvePropertyPlaceholders(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private List<RouteDefinition> definitions(Collection<RoutesBuilder> builders) throws Exception {
        List<RouteDefinition> routes = new ArrayList<>();
        for (RoutesBuilder builder : builders) {
            if (builder instanceof RouteBuilder of) {
                routes.addAll(of.configureRoutes(camel).getRoutes());
            }
        }
        return routes;
    }

    /**
     * Runs the routes.
     *
     * @return their ids
     * @throws RefusedException if one of them does not start or is refused; then none of them runs
     */
    Set<String> add(Collection<RoutesBuilder> builders) throws Exception {
        List<RouteDefinition> before = List.copyOf(camel.getRouteDefinitions());
        try {
            for (RoutesBuilder builder : builders) {
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    camel.addRoutesConfigurations(configurations);
                }
            }
            for (RoutesBuilder builder : builders) {
                camel.addRoutes(builder);
            }
            // Kamelets are read when they are used.
            refuseIf(added(before)
                    .filter(DropInRoutes::isOfKamelet)
                    .flatMap(route -> directCalls.in(route).stream())
                    .toList());
        } catch (Exception e) {
            remove(added(before).filter(route -> !isOfKamelet(route)).toList());
            remove(added(before)
                    .filter(route -> !directCalls.in(route).isEmpty())
                    .toList());
            throw e instanceof RefusedException
                    ? e
                    : new RefusedException(List.of(place(builders, e) + ": " + RouteFiles.reason(e)));
        }
        return added(before)
                .filter(route -> !isOfKamelet(route))
                .map(RouteDefinition::getId)
                .collect(Collectors.toSet());
    }

    /** Where the route begins that does not start, as far as Camel tells which it is. */
    private String place(Collection<RoutesBuilder> builders, Exception failure) throws Exception {
        List<RouteDefinition> routes = definitions(builders);
        Optional<String> id = Stream.iterate((Throwable) failure, Objects::nonNull, Throwable::getCause)
                .filter(FailedToCreateRouteException.class::isInstance)
                .map(cause -> ((FailedToCreateRouteException) cause).getRouteId())
                .findFirst();
        return routes.stream()
                .filter(route ->
                        routes.size() == 1 || id.filter(route.getId()::equals).isPresent())
                .findFirst()
                .map(route -> RouteFiles.place(route, route))
                .orElseGet(() -> RouteFiles.place(routes.get(0), routes.get(0)).replaceFirst(":\\d+$", ""));
    }

    private static boolean isOfKamelet(RouteDefinition route) {
        return Boolean.TRUE.equals(route.isKamelet());
    }

    private Stream<RouteDefinition> added(List<RouteDefinition> before) {
        return List.copyOf(camel.getRouteDefinitions()).stream().filter(route -> !before.contains(route));
    }

    /** Stops the routes with these ids when they have done what they have in hand, and takes them away. */
    void remove(Set<String> ids) {
        remove(ids.stream()
                .map(camel::getRouteDefinition)
                .filter(Objects::nonNull)
                .toList());
    }

    private void remove(List<RouteDefinition> routes) {
        for (RouteDefinition definition : routes) {
            Optional<Route> route = Optional.ofNullable(camel.getRoute(definition.getId()));
            try {
                camel.removeRouteDefinition(definition);
                if (!isOfKamelet(definition) && route.isPresent()) {
                    removeSource(route.get().getEndpoint());
                }
            } catch (Exception e) {
                throw new IllegalStateException(definition.getId() + " cannot be stopped", e);
            }
        }
    }

    /** A kamelet that a route begins with works for this route only; others may be shared. */
    private void removeSource(Endpoint endpoint) throws Exception {
        if (endpoint instanceof KameletEndpoint kamelet) {
            Route inside = camel.getRoute(kamelet.getRouteId());
            if (inside != null) {
                camel.removeRouteDefinition(camel.getRouteDefinition(inside.getId()));
                camel.removeEndpoint(inside.getEndpoint());
            }
            camel.removeEndpoint(endpoint);
        }
    }
}
