package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A token that Chatwoot does not know stops all calls but a probe a minute, costs no tries and is told by the health. */
class RefusedTokenTest {
    private final JumpingClock clock = new JumpingClock();
    private Product product;
    private SandboxChatwoot sandbox;

    @BeforeEach
    void start() {
        product =
                Product.connected(SandboxChatwoot.builder().clock(clock), Map.of("chatwoot.rate-limit", "3000"), clock);
        sandbox = product.sandbox();
    }

    @AfterEach
    void stop() {
        product.close();
    }

    @Test
    @Tag("invariant-9")
    void wishesWaitWithoutTriesAndGoOnWhenTheTokenWorksAgain() {
        List<Long> conversations = List.of("Ada", "Ben", "Cy", "Dee", "Eve", "Flo", "Gus").stream()
                .map(name -> product.conversation(name + " Token"))
                .toList();
        sandbox.revokeToken(sandbox.apiToken());
        conversations.forEach(id -> sandbox.customerWrites(id, "a bug"));
        await().until(() -> ready().statusCode() == 503);
        await().until(() -> conversations.stream()
                .allMatch(
                        id -> product.wish(id, "labels").path("state").asText().equals("pending")));
        int refused = sandbox.calls().size();

        for (int minute = 0; minute < 3; minute++) {
            int before = sandbox.calls().size();
            clock.jump(Duration.ofSeconds(61));
            await().until(() -> sandbox.calls().size() > before);
        }

        assertThat(refused).as("calls that were in flight together").isBetween(1, 4);
        assertThat(sandbox.calls().stream().skip(refused))
                .as("one probe a minute")
                .hasSize(3)
                .extracting(Call::path)
                .containsOnly("/api/v1/profile");
        assertThat(ready().statusCode()).isEqualTo(503);

        sandbox.restoreToken(sandbox.apiToken());
        clock.jump(Duration.ofSeconds(61));
        await().until(() -> ready().statusCode() == 200);
        product.settle();

        assertThat(conversations).allSatisfy(id -> {
            assertThat(sandbox.conversation(id).labels()).containsExactly("technical-issue");
            assertThat(product.wish(id, "labels").path("attempts").asInt()).isZero();
        });
        assertThat(product.runtime().records().outbox().dead()).isZero();
    }

    @Test
    void readinessSaysWhatIsWrongAndSinceWhen() {
        sandbox.revokeToken(sandbox.apiToken());
        sandbox.customerWrites(product.conversation("Ada Health"), "a bug");
        await().until(() -> ready().statusCode() == 503);

        JsonNode check = Product.json(ready());

        assertThat(check.toString())
                .contains("chatwoot-token", "since 20", ": Chatwoot refuses chatwoot.api-token;")
                .doesNotContain(sandbox.apiToken());
        assertThat(observe("/observe/health/live").statusCode())
                .as("a restart would not help")
                .isEqualTo(200);
    }

    @Test
    void otherRoutesAreToldAtOnceWithoutACall() {
        sandbox.revokeToken(sandbox.apiToken());
        Exception first = read();
        int calls = sandbox.calls().size();

        Exception second = read();

        assertThat(first).hasMessageContaining("401");
        assertThat(second).hasMessageContaining("401");
        assertThat(sandbox.calls()).hasSize(calls);
    }

    private Exception read() {
        return product.runtime()
                .camel()
                .createProducerTemplate()
                .send("direct:chatwoot-list-teams", exchange -> {})
                .getException();
    }

    private HttpResponse<String> ready() {
        return observe("/observe/health/ready");
    }

    private HttpResponse<String> observe(String path) {
        return product.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.runtime().managementPort() + path))
                .GET());
    }
}
