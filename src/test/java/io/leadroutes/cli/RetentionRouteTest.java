package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pruning on the running product. */
class RetentionRouteTest {
    @Test
    void aFailureIsNotRepeatedAtOnce() throws Exception {
        try (Product product = Product.connected(SandboxChatwoot.builder(), Map.of())) {
            var camel = product.runtime().camel();
            camel.getRouteController().stopRoute("retention");
            try (Connection connection = product.ownConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE gap RENAME TO gone");
            }
            double before = failed(product);

            camel.getRouteController().startRoute("retention");

            await().until(() -> failed(product) > before);
            await().during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(failed(product) - before).isEqualTo(1));
        }
    }

    private static double failed(Product product) {
        return Scrape.of(product).value("camel_exchanges_failed_total", "routeId=retention");
    }
}
