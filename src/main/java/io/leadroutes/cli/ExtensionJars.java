package io.leadroutes.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Puts the jars of {@code lib/ext} in the current folder on the class path, before {@link Main} begins: the manifest names
 * this class as its Launcher-Agent-Class. A class loader of our own would not do: JDBC's drivers and the classes that Java
 * routes are compiled with are looked for on the class path only.
 */
public final class ExtensionJars {
    private static final Path FOLDER = Path.of("lib", "ext");

    private ExtensionJars() {}

    /** Called by Java. */
    public static void agentmain(String arguments, Instrumentation instrumentation) throws IOException {
        Set<String> broken = broken().keySet();
        for (Path jar : jars()) {
            // Else told when there is a log.
            if (!broken.contains(jar.toString())) {
                instrumentation.appendToSystemClassLoaderSearch(new JarFile(jar.toFile()));
                // The compiler of Java routes goes by it.
                System.setProperty("java.class.path", System.getProperty("java.class.path") + File.pathSeparator + jar);
            }
        }
    }

    private static List<Path> jars() {
        if (!Files.isDirectory(FOLDER)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files that are no jars, each with the reason. */
    static Map<String, String> broken() {
        Map<String, String> broken = new LinkedHashMap<>();
        for (Path jar : jars()) {
            try (JarFile readable = new JarFile(jar.toFile())) {
                readable.size();
            } catch (IOException e) {
                broken.put(jar.toString(), jar + ": " + e.getMessage() + "; expected a jar");
            }
        }
        return broken;
    }
}
