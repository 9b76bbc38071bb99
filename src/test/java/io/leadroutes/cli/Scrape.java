package io.leadroutes.cli;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code /observe/metrics} answered at one time. */
record Scrape(List<Sample> samples, Set<String> families, String text) {
    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");

    /** One series with its value. */
    record Sample(String name, Map<String, String> labels, double value) {}

    static Scrape of(Product product) {
        return of(product.send(HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + product.runtime().managementPort() + "/observe/metrics"))
                        .GET())
                .body());
    }

    static Scrape of(String text) {
        List<Sample> samples = new ArrayList<>();
        Set<String> families = new TreeSet<>();
        text.lines().forEach(line -> {
            Matcher type = TYPE.matcher(line);
            if (type.matches()) {
                families.add(type.group(1));
            }
            Matcher sample = LINE.matcher(line);
            if (!line.startsWith("#") && sample.matches()) {
                samples.add(new Sample(sample.group(1), labels(sample.group(2)), Double.parseDouble(sample.group(3))));
            }
        });
        return new Scrape(samples, families, text);
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new HashMap<>();
        LABEL.matcher(text == null ? "" : text).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        return labels;
    }

    /** The series of a name that have these labels, each as {@code label=value}. */
    Stream<Sample> series(String name, String... labels) {
        return samples.stream().filter(sample -> sample.name.equals(name)).filter(sample -> Arrays.stream(labels)
                .map(label -> label.split("=", 2))
                .allMatch(label -> label[1].equals(sample.labels.get(label[0]))));
    }

    /** The sum of those series; 0 if there are none. */
    double value(String name, String... labels) {
        return series(name, labels).mapToDouble(Sample::value).sum();
    }
}
