package io.leadroutes.sandbox;

import static io.leadroutes.sandbox.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.store.TestClock;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxAccessTest {
    private final TestClock clock = new TestClock(Instant.parse("2026-08-14T09:00:30Z"));
    private SandboxChatwoot sandbox;

    @BeforeEach
    void start() {
        sandbox = SandboxChatwoot.builder()
                .token("agent-token", Role.AGENT)
                .token("admin-token", Role.ADMINISTRATOR)
                .clock(clock)
                .rateLimitPerMinute(3)
                .start();
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private HttpRequest.Builder profile() {
        return HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + "/api/v1/profile"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Api-Access-Token", "api_access_token", "API_ACCESS_TOKEN"})
    void theTokenIsTakenFromEitherHeaderInAnyCase(String header) throws Exception {
        HttpResponse<String> answer =
                ApiClient.exchange(profile().header(header, "agent-token").build());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).path("id").asLong()).isEqualTo(sandbox.userId("agent-token"));
    }

    @Test
    void aBadTokenAndNoTokenAreRefusedInDifferentShapes() throws Exception {
        HttpResponse<String> bad =
                ApiClient.exchange(profile().header("Api-Access-Token", "wrong").build());
        HttpResponse<String> none = ApiClient.exchange(profile().build());

        assertThat(bad.statusCode()).isEqualTo(401);
        assertThat(json(bad)).isEqualTo(json("{\"error\":\"Invalid Access Token\"}"));
        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(json(none).path("errors").isArray()).isTrue();
    }

    @Test
    void anAgentsTokenMayNotProvision() throws Exception {
        HttpResponse<String> refused = new ApiClient(sandbox, "agent-token").post("/labels", "{\"title\":\"vip\"}");
        HttpResponse<String> allowed = new ApiClient(sandbox, "admin-token").post("/labels", "{\"title\":\"vip\"}");

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(json(refused).path("error").isTextual()).isTrue();
        assertThat(allowed.statusCode()).isEqualTo(200);
    }

    @Test
    void anotherAccountIsNotPermitted() throws Exception {
        HttpRequest foreign = HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + "/api/v1/accounts/8/teams"))
                .header("Api-Access-Token", "admin-token")
                .build();

        assertThat(ApiClient.exchange(foreign).statusCode()).isEqualTo(401);
    }

    @Test
    void overTheLimitAnswers429AsPlainTextWithoutRetryAfter() throws Exception {
        ApiClient api = new ApiClient(sandbox);
        for (int i = 0; i < 3; i++) {
            assertThat(api.get("/teams").statusCode()).isEqualTo(200);
        }

        HttpResponse<String> refused = api.get("/teams");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).isEqualTo("Retry later\n");
        assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
        assertThat(sandbox.calls(call -> call.status() == 429)).hasSize(1);
    }

    @Test
    void theWindowIsTheClockMinuteAndNothingIsCarriedOver() throws Exception {
        ApiClient api = new ApiClient(sandbox);
        for (int i = 0; i < 10; i++) {
            api.get("/teams");
        }

        clock.advance(Duration.ofSeconds(29));
        assertThat(api.get("/teams").statusCode())
                .as("09:00:59, refused calls count too")
                .isEqualTo(429);

        clock.advance(Duration.ofSeconds(1));
        assertThat(api.get("/teams").statusCode()).as("09:01:00").isEqualTo(200);
    }

    @Test
    void malformedJsonAndUnknownPathsAreRefused() throws Exception {
        ApiClient api = new ApiClient(sandbox);

        assertThat(api.post("/bulk_actions", "{\"type\":").statusCode()).isEqualTo(400);
        assertThat(api.get("/no/such/thing").statusCode()).isEqualTo(404);
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedWithTheirValue() {
        assertThatThrownBy(
                        () -> SandboxChatwoot.builder().rateLimitPerMinute(-1).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rateLimitPerMinute is -1");
        assertThatThrownBy(() -> SandboxChatwoot.builder().deliveryWorkers(0).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deliveryWorkers is 0");
    }

    @Test
    void aTakenPortIsNamed() {
        assertThatThrownBy(() -> SandboxChatwoot.builder().port(sandbox.port()).start())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot listen on port " + sandbox.port());
    }

    @Test
    void anUnknownIdInASeedOrActionIsAnArgumentError() {
        assertThatThrownBy(() -> sandbox.customerWrites(4711, "Hi"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("404");
    }
}
