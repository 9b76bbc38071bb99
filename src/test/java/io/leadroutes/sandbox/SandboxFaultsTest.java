package io.leadroutes.sandbox;

import static io.leadroutes.sandbox.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxFaultsTest {
    private static final String ONE_LABEL = "{\"labels\":[\"vip\"]}";

    private SandboxChatwoot sandbox;
    private ApiClient api;
    private long id;

    @BeforeEach
    void start() {
        sandbox = SandboxChatwoot.start();
        api = new ApiClient(sandbox);
        id = sandbox.addConversation(sandbox.addContact("Jonas Feld", "jonas@example.com"));
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private static boolean isLabels(Call call) {
        return call.is("POST", "/labels");
    }

    private String labels() {
        return "/conversations/" + id + "/labels";
    }

    @Test
    void aStatusFaultAnswersInsteadAndAppliesNothing() throws Exception {
        sandbox.failNext(
                1, Fault.status(429, "Retry later\n", Map.of("Retry-After", "2")), SandboxFaultsTest::isLabels);

        HttpResponse<String> answer = api.post(labels(), ONE_LABEL);

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).contains("2");
        assertThat(sandbox.conversation(id).labels()).isEmpty();
        assertThat(api.post(labels(), ONE_LABEL).statusCode())
                .as("only the next one")
                .isEqualTo(200);
    }

    @Test
    void aFaultHitsOnlyCallsThatFitAndEndsWhenItsRuleIsClosed() throws Exception {
        try (FaultRule outage = sandbox.failWhile(Call::isWrite, Fault.status(503))) {
            assertThat(outage).isNotNull();
            assertThat(api.get(labels()).statusCode()).isEqualTo(200);
            assertThat(api.post(labels(), ONE_LABEL).statusCode()).isEqualTo(503);
            assertThat(api.post(labels(), ONE_LABEL).statusCode()).isEqualTo(503);
        }

        assertThat(api.post(labels(), ONE_LABEL).statusCode()).isEqualTo(200);
    }

    @Test
    void dropBeforeCommitClosesAndAppliesNothing() {
        sandbox.failNext(1, Fault.dropBeforeCommit(), SandboxFaultsTest::isLabels);

        assertThatThrownBy(() -> api.post(labels(), ONE_LABEL)).isInstanceOf(IOException.class);

        assertThat(sandbox.conversation(id).labels()).isEmpty();
        assertThat(sandbox.calls(SandboxFaultsTest::isLabels))
                .extracting(Call::fault)
                .containsExactly("DropBeforeCommit");
    }

    @Test
    void dropAfterCommitClosesButApplies() {
        sandbox.failNext(1, Fault.dropAfterCommit(), SandboxFaultsTest::isLabels);

        assertThatThrownBy(() -> api.post(labels(), ONE_LABEL)).isInstanceOf(IOException.class);

        assertThat(sandbox.conversation(id).labels()).containsExactly("vip");
        assertThat(sandbox.calls(SandboxFaultsTest::isLabels))
                .extracting(Call::status)
                .containsExactly(0);
    }

    @Test
    void closeMidBodyAppliesAndBreaksTheAnswer() {
        sandbox.failNext(1, Fault.closeMidBody(), SandboxFaultsTest::isLabels);

        assertThatThrownBy(() -> api.post(labels(), ONE_LABEL)).isInstanceOf(IOException.class);

        assertThat(sandbox.conversation(id).labels()).containsExactly("vip");
        assertThat(sandbox.calls(SandboxFaultsTest::isLabels))
                .extracting(Call::status)
                .containsExactly(200);
    }

    @Test
    void malformedJsonIsA200ThatCannotBeRead() throws Exception {
        sandbox.failNext(1, Fault.malformedJson(), SandboxFaultsTest::isLabels);

        HttpResponse<String> answer = api.post(labels(), ONE_LABEL);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> json(answer)).isInstanceOf(AssertionError.class);
        assertThat(sandbox.conversation(id).labels()).containsExactly("vip");
    }

    @Test
    void aDelayedCallIsAppliedThoughItsCallerHasGivenUp() {
        sandbox.failNext(1, Fault.delay(Duration.ofSeconds(30)), SandboxFaultsTest::isLabels);
        HttpRequest impatient = api.request("POST", labels(), ONE_LABEL)
                .timeout(Duration.ofMillis(300))
                .build();

        assertThatThrownBy(() -> ApiClient.exchange(impatient)).isInstanceOf(HttpTimeoutException.class);

        assertThat(sandbox.conversation(id).labels()).containsExactly("vip");
    }

    @Test
    void aHangingCallIsNotAppliedUntilItIsReleased() throws Exception {
        Fault.Hang hang = Fault.hang();
        sandbox.failNext(1, hang, SandboxFaultsTest::isLabels);

        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> {
            try {
                return api.post(labels(), ONE_LABEL).statusCode();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> sandbox.calls(SandboxFaultsTest::isLabels).size() == 1);
        assertThat(sandbox.conversation(id).labels()).isEmpty();
        assertThat(sandbox.calls(SandboxFaultsTest::isLabels).get(0).status()).isZero();

        hang.release();

        assertThat(status).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(200);
        assertThat(sandbox.conversation(id).labels()).containsExactly("vip");
    }

    @Test
    void clearFaultsEndsThemAll() throws Exception {
        sandbox.failWhile(call -> true, Fault.status(500));

        sandbox.clearFaults();

        assertThat(api.get(labels()).statusCode()).isEqualTo(200);
    }

    @Test
    void everyCallIsRecordedWithHeadersBodyAndStatus() throws Exception {
        api.get("/conversations?status=all");
        api.post(labels(), ONE_LABEL);

        assertThat(sandbox.calls()).hasSize(2);
        Call list = sandbox.calls().get(0);
        assertThat(list.query()).isEqualTo("status=all");
        Call post = sandbox.calls(Call::isWrite).get(0);
        assertThat(post.path()).isEqualTo("/api/v1/accounts/7/conversations/" + id + "/labels");
        assertThat(post.headers()).containsEntry("api-access-token", "sandbox-token");
        assertThat(post.body()).isEqualTo(ONE_LABEL);
        assertThat(post.status()).isEqualTo(200);
        assertThat(post.fault()).isEmpty();

        sandbox.clearCalls();
        assertThat(sandbox.calls()).isEmpty();
    }
}
