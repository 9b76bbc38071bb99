package io.leadroutes.cli;

import io.leadroutes.chatwoot.EventSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.support.PluginHelper;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** The route files, read as Camel reads them and not started. */
final class RouteFiles {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*([^{}?!:]+?)\\s*}}");
    private static final Pattern MISNAMED = Pattern.compile(".*[.]yml|.*(?<![.](?:camel|kamelet))[.]yaml");
    private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");
    private static final Pattern JAVA_PLACE = Pattern.compile("\\.java:(\\d+)");

    private final Path folder;
    private final Predicate<String> isProperty;
    private final Optional<DirectCalls> directCalls;
    private final List<String> problems = new ArrayList<>();
    private final List<RouteDefinition> routes = new ArrayList<>();
    private final Set<String> directs = new LinkedHashSet<>();

    private RouteFiles(Path folder, Predicate<String> isProperty, Optional<DirectCalls> directCalls) {
        this.folder = folder;
        this.isProperty = isProperty;
        this.directCalls = directCalls;
    }

    /**
     * What was found.
     *
     * @param problems each with file and line
     * @param directs the names of the {@code direct:} endpoints that routes begin with
     */
    record Found(List<String> problems, Set<String> directs) {}

    /**
     * @param isProperty whether a placeholder of this name has a value
     * @param chatwoot its base URL, if it is known
     */
    static Found in(Path folder, Predicate<String> isProperty, Optional<String> chatwoot) throws IOException {
        RouteFiles files = new RouteFiles(
                folder, isProperty, chatwoot.map(baseUrl -> new DirectCalls(baseUrl, UnaryOperator.identity())));
        files.read();
        return new Found(files.problems, files.directs);
    }

    /** What is wrong with a YAML file whose name keeps it from being read. */
    static Optional<String> misnamed(Path file) {
        return MISNAMED.matcher(file.toString()).matches()
                ? Optional.of(file + " is not read; expected a name that ends with .camel.yaml")
                : Optional.empty();
    }

    private void read() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            all.sorted().forEach(file -> misnamed(file).ifPresent(problems::add));
        }
        boolean isAllRead = true;
        for (Path file : files()) {
            findPlaceholders(file);
            isAllRead &= load(file);
        }
        routes.stream()
                .map(route -> withoutOptions(route.getInput().getEndpointUri()))
                .filter(uri -> uri.startsWith("direct:"))
                .forEach(directs::add);
        findDoubleIds();
        // In a file that cannot be read there may be the route.
        if (isAllRead) {
            routes.forEach(this::findTargets);
        }
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path place : List.of(folder, folder.resolve("kamelets"))) {
            if (Files.isDirectory(place)) {
                try (Stream<Path> all = Files.list(place)) {
                    all.filter(RouteFiles::isRoutes).sorted().forEach(files::add);
                }
            }
        }
        return files;
    }

    private static boolean isRoutes(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".camel.yaml") || name.endsWith(".kamelet.yaml") || name.endsWith(".java");
    }

    /** Each in a context of its own: in one, a route takes the place of another with its id. */
    private boolean load(Path file) throws IOException {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.setSourceLocationEnabled(true);
            context.getRegistry().bind("chatwoot-event", new EventSource());
            try {
                PluginHelper.getRoutesLoader(context)
                        .loadRoutes(PluginHelper.getResourceLoader(context).resolveResource("file:" + file));
            } catch (Exception e) {
                problems.add(unreadable(file.toString(), e));
                return false;
            }
            for (RouteDefinition route : context.getRouteDefinitions()) {
                routes.add(route);
                problems.addAll(unknownComponents(context, route));
            }
            if (!DropIns.SHIPPED.contains(file.getFileName().toString())) {
                findDirectCalls(context);
            }
            return true;
        }
    }

    /** In routes, and in the templates of kamelets. */
    private void findDirectCalls(DefaultCamelContext context) {
        Stream<RouteDefinition> templates =
                context.getRouteTemplateDefinitions().stream().map(RouteTemplateDefinition::getRoute);
        Stream.concat(context.getRouteDefinitions().stream(), templates)
                .forEach(route -> directCalls.ifPresent(calls -> problems.addAll(calls.in(route))));
    }

    @SuppressWarnings("rawtypes")
    private static Collection<SendDefinition> sends(RouteDefinition route) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), SendDefinition.class);
    }

    /** What is wrong with a file that cannot be read, with its place in it. */
    static String unreadable(String file, Throwable failure) {
        return file + place(failure) + ": " + said(failure);
    }

    /** What a failure says, at its root, in a line. */
    static String reason(Throwable failure) {
        return Lines.plain(String.valueOf(root(failure).getMessage()));
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String place(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException marked
                    && marked.getProblemMark().isPresent()) {
                Mark mark = marked.getProblemMark().get();
                return ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
            }
            Matcher place = PLACE.matcher(String.valueOf(cause.getMessage()));
            if (place.find()) {
                return ":" + place.group(1) + ":" + place.group(2);
            }
            Matcher java = JAVA_PLACE.matcher(String.valueOf(cause.getMessage()));
            if (java.find()) {
                return ":" + java.group(1);
            }
        }
        return "";
    }

    private static String said(Throwable failure) {
        Throwable root = root(failure);
        String text = root instanceof MarkedYamlEngineException marked && marked.getProblem() != null
                ? marked.getProblem()
                : String.valueOf(root.getMessage());
        return Lines.plain(text) + "; expected what Camel's language has";
    }

    private void findDoubleIds() {
        Map<String, RouteDefinition> known = new HashMap<>();
        for (RouteDefinition route : routes) {
            RouteDefinition other = route.getId() == null ? null : known.putIfAbsent(route.getId(), route);
            if (other != null) {
                problems.add(taken(route, other));
            }
        }
    }

    /** What to say of a route whose id another one has. */
    static String taken(RouteDefinition route, RouteDefinition other) {
        return place(route, route) + ": route id " + route.getId() + " is there already, in " + place(other, other)
                + "; expected an id of its own";
    }

    /** The endpoints of a route that nothing on the class path can serve, each with its place. */
    static List<String> unknownComponents(CamelContext context, RouteDefinition route) {
        List<String> unknown = new ArrayList<>(
                unknownComponent(context, route, route.getInput().getEndpointUri(), route.getInput()));
        sends(route).forEach(to -> unknown.addAll(unknownComponent(context, route, to.getEndpointUri(), to)));
        return unknown;
    }

    private static List<String> unknownComponent(
            CamelContext context, RouteDefinition route, String uri, NamedNode node) {
        int colon = uri.indexOf(':');
        String scheme = colon > 0 && !uri.contains("{{") ? uri.substring(0, colon) : "";
        return scheme.isEmpty() || context.getComponent(scheme, true, false) != null
                ? List.of()
                : List.of(place(route, node) + ": uri is \"" + withoutOptions(uri) + "\"; expected one whose component "
                        + scheme + " is on the class path");
    }

    private void findTargets(RouteDefinition route) {
        for (SendDefinition<?> to : sends(route)) {
            String uri = withoutOptions(to.getEndpointUri());
            if (uri.startsWith("direct:") && !uri.contains("{{") && !uri.contains("${") && !directs.contains(uri)) {
                problems.add(
                        place(route, to) + ": uri is \"" + uri + "\"; expected the beginning of a route in " + folder);
            }
        }
    }

    private void findPlaceholders(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            Matcher found = PLACEHOLDER.matcher(lines.get(i));
            while (found.find()) {
                if (!isProperty.test(found.group(1)) && !file.toString().endsWith(".kamelet.yaml")) {
                    problems.add(file + ":" + (i + 1) + ":" + (found.start() + 1) + ": {{" + found.group(1)
                            + "}} has no value; expected a setting, a property in application.properties, or a default"
                            + " as in {{name:default}}");
                }
            }
        }
    }

    static String withoutOptions(String uri) {
        return uri.replaceFirst("[?].*", "").replaceFirst("^direct://", "direct:");
    }

    static String place(RouteDefinition route, NamedNode node) {
        String location = Optional.ofNullable(node.getLocation())
                .or(() -> Optional.ofNullable(route.getInput().getLocation()))
                .orElse(String.valueOf(route.getId()))
                .replaceFirst("^file:", "");
        int line = node.getLineNumber() > 0
                ? node.getLineNumber()
                : route.getInput().getLineNumber();
        return location + (line > 0 ? ":" + line : "");
    }
}
