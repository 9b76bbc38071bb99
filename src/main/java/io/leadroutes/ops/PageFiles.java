package io.leadroutes.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The files of the page: this list and nothing else, so that no path of a request leads anywhere. Held in memory. */
final class PageFiles {
    /** The page itself, at /admin. */
    static final String PAGE = "index.html";

    private static final String OURS = "/admin/";
    private static final String WEBJARS = "/META-INF/resources/webjars/";

    private static final Map<String, String> RESOURCES = Map.ofEntries(
            Map.entry(PAGE, OURS + PAGE),
            Map.entry("page.css", OURS + "page.css"),
            Map.entry("icon.svg", OURS + "icon.svg"),
            Map.entry("page.js", OURS + "page.js"),
            Map.entry("server.js", OURS + "server.js"),
            Map.entry("elements.js", OURS + "elements.js"),
            Map.entry("overview.js", OURS + "overview.js"),
            Map.entry("plot.js", OURS + "plot.js"),
            Map.entry("conversation.js", OURS + "conversation.js"),
            Map.entry("leads.js", OURS + "leads.js"),
            Map.entry("dead.js", OURS + "dead.js"),
            Map.entry("rules.js", OURS + "rules.js"),
            Map.entry("pico.css", WEBJARS + "picocss__pico/2.1.1/css/pico.classless.min.css"),
            Map.entry("uplot.css", WEBJARS + "uplot/1.6.30/dist/uPlot.min.css"),
            Map.entry("uplot.js", WEBJARS + "uplot/1.6.30/dist/uPlot.esm.js"));

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    /** A file as it is answered. */
    record PageFile(String type, String text) {}

    private final Map<String, PageFile> files = new LinkedHashMap<>();

    /** @throws IllegalStateException if one of them is not on the class path */
    PageFiles() {
        RESOURCES.forEach((name, resource) -> files.put(name, read(name, resource)));
    }

    private static PageFile read(String name, String resource) {
        try (InputStream content = PageFiles.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            return new PageFile(type, new String(content.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Absent unless it is one of the list. */
    Optional<PageFile> file(String name) {
        return Optional.ofNullable(files.get(name));
    }
}
