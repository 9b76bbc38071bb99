package io.leadroutes.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What engineers add to the shipped routes: YAML and Java files in the routes folder, and route builders of jars, which are
 * found as services ({@code META-INF/services/org.apache.camel.builder.RouteBuilder}). Each is taken by itself: one that
 * cannot be used is told of, and the others run. A file that changes takes the place of what ran, if it can; else that
 * goes on. Thread-safe.
 */
public final class DropIns {
    /** The files that are not drop-ins: without them nothing works, so that a broken one stops the start. */
    static final Set<String> SHIPPED = Set.of(
            "admin.camel.yaml",
            "chatwoot.camel.yaml",
            "conversations.camel.yaml",
            "crm.camel.yaml",
            "errors.camel.yaml",
            "intake.camel.yaml",
            "jms.camel.yaml",
            "kafka.camel.yaml",
            "ops.camel.yaml",
            "reads.camel.yaml",
            "reconcile.camel.yaml",
            "retention.camel.yaml",
            "rules.camel.yaml",
            "steps.camel.yaml",
            "timers.camel.yaml",
            "writes.camel.yaml");

    private static final String JAVA = ".java";
    private static final Logger LOG = LoggerFactory.getLogger(DropIns.class);

    private final Path folder;
    private final Duration every;
    private final Clock clock;
    private final SortedMap<String, Running> running = new TreeMap<>();
    private final SortedMap<String, String> problems = new TreeMap<>();

    /** What the last look saw, and what was taken or refused. */
    private SortedMap<String, Source> seen = new TreeMap<>();

    private SortedMap<String, Source> judged = new TreeMap<>();
    private Instant nextLook;
    private DropInRoutes routes;

    /** A file as it was read. */
    private record Source(String name, Path path, String text) {
        Resource resource() {
            return ResourceHelper.fromString("file:" + path, text);
        }

        boolean isJava() {
            return name.endsWith(JAVA);
        }
    }

    /** The routes of a drop-in, by their ids. */
    private record Running(Optional<Source> source, Set<String> routes) {}

    /** @param every how often files are looked at for changes; zero: never after the start */
    DropIns(Path folder, Duration every, Clock clock) {
        this.folder = folder;
        this.every = every;
        this.clock = clock;
        this.nextLook = clock.instant().plus(every);
    }

    /** The shipped files that are there, for Camel to load. */
    static String shipped(Path folder) {
        return SHIPPED.stream()
                .sorted()
                .map(folder::resolve)
                .filter(Files::exists)
                .map(file -> "file:" + file)
                .collect(Collectors.joining(","));
    }

    private static boolean isDropIn(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(JAVA)
                || name.endsWith(".camel.yaml") && !SHIPPED.contains(name)
                || RouteFiles.misnamed(file).isPresent();
    }

    /** @param into where they run, beside the shipped routes, which run already */
    synchronized void start(DropInRoutes into) {
        routes = into;
        ExtensionJars.broken().forEach(this::tell);
        seen = read();
        judged = seen;
        take(judged.values());
        takeServices();
    }

    /** Looks at the files, if it is time to; a change counts when a second look shows the same, as the file is written then. */
    public synchronized void look() {
        if (every.isZero() || clock.instant().isBefore(nextLook)) {
            return;
        }
        nextLook = clock.instant().plus(every);
        SortedMap<String, Source> before = seen;
        seen = read();
        if (!seen.equals(before) || seen.equals(judged)) {
            return;
        }
        SortedMap<String, Source> old = judged;
        judged = seen;
        Set<String> changed = new LinkedHashSet<>(old.keySet());
        changed.addAll(judged.keySet());
        changed.removeIf(name -> judged.containsKey(name) && judged.get(name).equals(old.get(name)));
        changed.stream().filter(name -> !judged.containsKey(name)).forEach(this::removed);
        boolean isJavaChanged = changed.stream().anyMatch(name -> name.endsWith(JAVA));
        take(judged.values().stream()
                .filter(file -> changed.contains(file.name) || isJavaChanged && file.isJava())
                .toList());
    }

    private void removed(String name) {
        remove(name);
        problems.remove(name);
        LOG.info("{} is gone, and so are its routes", name);
    }

    /** What is wrong now, for the operator; absent if nothing is. */
    synchronized Optional<String> problem() {
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of(problems.size() + " drop-in(s) cannot be used: " + String.join(", ", problems.keySet())
                        + "; the log and leadroutes check tell why");
    }

    /** Why an endpoint may be missing: each drop-in that cannot be used, a line for each. */
    synchronized List<String> problems() {
        return List.copyOf(problems.values());
    }

    private SortedMap<String, Source> read() {
        SortedMap<String, Source> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(DropIns::isDropIn).sorted().toList()) {
                String name = file.getFileName().toString();
                read(file).ifPresent(text -> files.put(name, new Source(name, file, text)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            // Gone since it was listed.
            return Optional.empty();
        } catch (IOException e) {
            String problem = file + ": " + e.getClass().getSimpleName() + "; expected a file that can be read";
            String name = file.getFileName().toString();
            if (!problem.equals(problems.get(name))) {
                tell(name, problem);
            }
            return Optional.empty();
        }
    }

    private void take(Collection<Source> files) {
        // Java files are compiled together, as one may use another's classes.
        takeTogether(files.stream().filter(Source::isJava).toList());
        for (Source file : files) {
            Optional<String> misnamed = RouteFiles.misnamed(file.path);
            if (misnamed.isPresent()) {
                tell(file.name, misnamed.get());
            } else if (!file.isJava()) {
                takeTogether(List.of(file));
            }
        }
    }

    private void takeTogether(List<Source> files) {
        try {
            Collection<RoutesBuilder> builders =
                    routes.parse(files.stream().map(Source::resource).toList());
            for (Source file : files) {
                replace(
                        file,
                        builders.stream()
                                .filter(builder -> file.resource().getLocation().equals(location(builder)))
                                .toList());
            }
        } catch (Exception e) {
            if (files.size() > 1) {
                files.forEach(file -> takeTogether(List.of(file)));
            } else {
                tell(files.get(0).name, RouteFiles.unreadable(files.get(0).path.toString(), e));
            }
        }
    }

    private static String location(RoutesBuilder builder) {
        return builder instanceof RouteBuilder routes && routes.getResource() != null
                ? routes.getResource().getLocation()
                : "";
    }

    /** Instead of what runs of the file; if that fails, that runs again. */
    private void replace(Source file, List<RoutesBuilder> builders) {
        Optional<Running> before = Optional.ofNullable(running.get(file.name));
        try {
            routes.check(builders, before.map(Running::routes).orElse(Set.of()));
            remove(file.name);
            add(file.name, Optional.of(file), builders);
            problems.remove(file.name);
        } catch (Exception e) {
            if (!running.containsKey(file.name)) {
                before.flatMap(Running::source).ifPresent(this::again);
            }
            tell(file.name, told(file.path.toString(), e));
        }
    }

    private void again(Source before) {
        try {
            add(before.name, Optional.of(before), routes.parse(List.of(before.resource())));
        } catch (Exception e) {
            LOG.error("{} cannot go on as it was either", before.name, e);
        }
    }

    private void add(String name, Optional<Source> source, Collection<RoutesBuilder> builders) throws Exception {
        Set<String> added = routes.add(builders);
        running.put(name, new Running(source, added));
        LOG.info("{} runs: {}", name, added);
    }

    private void remove(String name) {
        Optional.ofNullable(running.remove(name)).ifPresent(gone -> routes.remove(gone.routes));
    }

    private void takeServices() {
        Iterator<RouteBuilder> found = ServiceLoader.load(RouteBuilder.class).iterator();
        boolean isMore = true;
        while (isMore) {
            try {
                isMore = found.hasNext();
                if (isMore) {
                    takeService(found.next());
                }
            } catch (ServiceConfigurationError e) {
                tell("lib/ext", "lib/ext: " + e.getMessage());
            }
        }
    }

    private void takeService(RouteBuilder builder) {
        String name = builder.getClass().getName();
        try {
            routes.check(List.of(builder), Set.of());
            add(name, Optional.empty(), List.of(builder));
        } catch (Exception e) {
            tell(name, told(name, e));
        }
    }

    private void tell(String name, String problem) {
        problems.put(name, problem);
        LOG.error(
                "{} cannot be used, {}:\n{}",
                name,
                running.containsKey(name) ? "what it was goes on" : "all else runs",
                problem);
    }

    private static String told(String dropIn, Exception e) {
        return e instanceof DropInRoutes.RefusedException ? e.getMessage() : dropIn + ": " + RouteFiles.reason(e);
    }
}
