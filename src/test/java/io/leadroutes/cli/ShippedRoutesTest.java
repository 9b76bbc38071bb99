package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.bean.BeanComponent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedRoutesTest {
    @TempDir
    private Path folder;

    @Test
    void beansOfAShippedFileAreThereForTheRoutesOfAllFiles() throws IOException {
        List<Path> shipped;
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            shipped = files.filter(Files::isRegularFile).toList();
        }
        for (Path file : shipped) {
            Files.copy(file, folder.resolve(file.getFileName()));
        }
        Files.writeString(folder.resolve("timers.camel.yaml"), """

                - beans:
                    - name: greeting
                      type: java.lang.StringBuilder
                """, StandardOpenOption.APPEND);
        // Read before it.
        Files.writeString(folder.resolve("admin.camel.yaml"), """

                - route:
                    id: greet
                    from:
                      uri: direct:greet
                      steps:
                        - bean:
                            ref: greeting
                            method: length
                """, StandardOpenOption.APPEND);

        try (Product product =
                Product.alone(SandboxChatwoot.builder(), Map.of("routes.directory", folder.toString()))) {
            CamelContext camel = product.runtime().camel();
            assertThat(camel.getRegistry().lookupByName("greeting")).isInstanceOf(StringBuilder.class);
            assertThat(camel.createProducerTemplate().requestBody("direct:greet", "", Integer.class))
                    .isZero();
        }
    }

    @Test
    void aBeansClassIsSearchedForItsMethodsOnceAndNotForEachStep() {
        try (Product product = Product.alone(SandboxChatwoot.builder(), Map.of())) {
            BeanComponent beans = product.runtime().camel().getComponent("bean", BeanComponent.class);

            assertThat(beans.getCurrentBeanCacheSize())
                    .as("classes that are kept for the next step")
                    .isGreaterThan(20);
        }
    }
}
