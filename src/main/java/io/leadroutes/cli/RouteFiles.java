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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.NamedNode;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.support.PluginHelper;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** The route files, read as Camel reads them and not started. */
final class RouteFiles {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*([^{}?!:]+?)\\s*}}");
    private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");
    private static final Pattern JAVA_PLACE = Pattern.compile("\\.java:(\\d+)");

    private final Path folder;
    private final Predicate<String> isProperty;
    private final List<String> problems = new ArrayList<>();
    private final List<RouteDefinition> routes = new ArrayList<>();
    private final Set<String> directs = new LinkedHashSet<>();

    private RouteFiles(Path folder, Predicate<String> isProperty) {
        this.folder = folder;
        this.isProperty = isProperty;
    }

    /**
     * What was found.
     *
     * @param problems each with file and line
     * @param directs the names of the {@code direct:} endpoints that routes begin with
     */
    record Found(List<String> problems, Set<String> directs) {}

    /** @param isProperty whether a placeholder of this name has a value */
    static Found in(Path folder, Predicate<String> isProperty) throws IOException {
        RouteFiles files = new RouteFiles(folder, isProperty);
        files.read();
        return new Found(files.problems, files.directs);
    }

    private void read() throws IOException {
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
                problems.add(file + place(e) + ": " + said(e));
                return false;
            }
            for (RouteDefinition route : context.getRouteDefinitions()) {
                routes.add(route);
                findScheme(context, route, route.getInput().getEndpointUri(), route.getInput());
                sends(route).forEach(to -> findScheme(context, route, to.getEndpointUri(), to));
            }
            return true;
        }
    }

    @SuppressWarnings("rawtypes")
    private static Collection<SendDefinition> sends(RouteDefinition route) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), SendDefinition.class);
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
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
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
                problems.add(place(route, route) + ": route id " + route.getId() + " is there already, in "
                        + place(other, other) + "; expected an id of its own");
            }
        }
    }

    private void findScheme(DefaultCamelContext context, RouteDefinition route, String uri, NamedNode node) {
        int colon = uri.indexOf(':');
        if (colon > 0 && !uri.contains("{{")) {
            String scheme = uri.substring(0, colon);
            if (context.getComponent(scheme, true, false) == null) {
                problems.add(place(route, node) + ": uri is \"" + withoutOptions(uri)
                        + "\"; expected one whose component " + scheme + " is on the class path");
            }
        }
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

    private static String withoutOptions(String uri) {
        return uri.replaceFirst("[?].*", "").replaceFirst("^direct://", "direct:");
    }

    private static String place(RouteDefinition route, NamedNode node) {
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
