package io.leadroutes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The jars that really are on the class path, whatever the build file says: SECURITY.md, rows 24 and 29. */
class SupplyChainTest {
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d+\\.\\d[\\w.]*)(?:-[a-z].*)?\\.jar");

    private static List<String> jars() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(path -> Path.of(path).getFileName().toString())
                .filter(name -> name.endsWith(".jar"))
                .toList();
    }

    @ParameterizedTest
    @Tag("attack-29")
    @CsvSource({
        "netty-[a-z0-9-]+, 4.1.135",
        "vertx-[a-z-]+, 4.5.27",
        "jackson-databind, 2.21.4",
        "postgresql, 42.7.11",
        "artemis-[a-z-]+, 2.53.0",
        "kafka-[a-z-]+, 4.2.0",
        "h2, 2.1.210",
        "log4j-core, 2.17.1",
        "snakeyaml, 2.0"
    })
    void noJarIsOlderThanItsAdvisoriesAllow(String name, String atLeast) {
        Map<String, String> found = new TreeMap<>();
        for (String jar : jars()) {
            Matcher parts = JAR.matcher(jar);
            if (parts.matches() && parts.group(1).matches(name)) {
                found.put(jar, parts.group(2));
            }
        }

        found.forEach((jar, version) -> assertThat(number(version)).as(jar).isGreaterThanOrEqualTo(number(atLeast)));
        if (!name.equals("snakeyaml")) {
            assertThat(found).as("jars of " + name).isNotEmpty();
        }
    }

    /** The first three parts, each below 10,000. */
    private static long number(String version) {
        long number = 0;
        String[] parts = version.split("\\.");
        for (int i = 0; i < 3; i++) {
            number = number * 10_000
                    + Optional.of(i)
                            .filter(at -> at < parts.length)
                            .map(at -> Long.parseLong(parts[at]))
                            .orElse(0L);
        }
        return number;
    }

    @Test
    @Tag("attack-24")
    void nothingThatRunsTextAsAProgramIsThere() {
        assertThat(jars())
                .isNotEmpty()
                .noneMatch(
                        jar -> jar.matches(
                                "(groovy|camel-groovy|ognl|camel-ognl|mvel|camel-mvel|nashorn|rhino|jython|camel-python|camel-jexl|"
                                        + "commons-jexl|camel-velocity|camel-freemarker|commons-collections-3\\.(?!2\\.2\\.)|activemq|xstream).*"));
    }
}
