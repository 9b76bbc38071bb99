package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens when more is wished than the rate limit allows. The minute is that of a clock of our own; the gateway's
 * throttle goes by the system's and so has a shorter period here.
 */
class BudgetTest {
    @TempDir
    private Path folder;

    @Test
    @Tag("invariant-7")
    void noMinuteHoldsMoreCallsThanAllowed() {
        JumpingClock clock = new JumpingClock(40);
        // A minute of that clock is 1.5 s; the rest is what a call may be slower than the one before it.
        Map<String, String> settings = settings("5", "\"2\"", 1_600);
        try (Product product =
                Product.connected(SandboxChatwoot.builder().clock(clock).rateLimitPerMinute(5), settings, clock)) {
            SandboxChatwoot sandbox = product.sandbox();
            long ada = product.conversation("Ada Budget");
            sandbox.customerWrites(ada, "An enterprise with a budget wants a demo");
            for (String name : List.of("Ben Budget", "Cy Budget", "Dee Budget")) {
                sandbox.customerWrites(product.conversation(name), "the enterprise plan");
            }
            await().until(() -> sandbox.calls().size() >= 5);
            JsonNode budget = product.admin("/admin/status").path("budget");

            product.settle();

            assertThat(budget.path("limit").asInt()).isEqualTo(5);
            assertThat(budget.path("used").asInt()).isEqualTo(5);
            assertThat(sandbox.calls())
                    .as("more than a minute's")
                    .hasSizeGreaterThan(5)
                    .noneMatch(call -> call.status() == 429);
            assertThat(sandbox.calls().stream()
                            .collect(Collectors.groupingBy(
                                    call -> call.at().getEpochSecond() / 60, Collectors.counting())))
                    .allSatisfy((minute, calls) -> assertThat(calls).isLessThanOrEqualTo(5));
            assertThat(sandbox.conversation(ada).teamName())
                    .as("team by its number")
                    .contains("sales");
            assertThat(product.runtime().records().outbox().dead()).isZero();
        }
    }

    @Test
    void anEscalationOvertakesTaggingWhenTheBudgetIsShort() {
        JumpingClock clock = new JumpingClock();
        try (Product product =
                Product.connected(SandboxChatwoot.builder().clock(clock), settings("1", "sales", 200), clock)) {
            SandboxChatwoot sandbox = product.sandbox();
            long first = product.conversation("Dee First");
            long tagged = product.conversation("Eve Tagged");
            long escalated = product.conversation("Flo Escalated");
            sandbox.customerWrites(first, "a bug");
            await().until(() -> sandbox.calls().size() == 1 && outboxAtRest(product));
            sandbox.customerWrites(tagged, "the enterprise plan");
            await().until(() -> product.runtime().records().outbox().pending() == 2);
            sandbox.customerWrites(escalated, "cancel the enterprise plan");
            await().until(() -> product.runtime().records().outbox().pending() > 2);

            for (int calls = 2; calls <= 4; calls++) {
                int reached = calls;
                clock.jump(Duration.ofMinutes(2));
                await().until(() -> sandbox.calls().size() >= reached);
            }

            assertThat(product.callsOf(tagged)).isEmpty();
            assertThat(sandbox.conversation(escalated).labels()).contains("escalated");
            assertThat(sandbox.conversation(escalated).priority()).contains("urgent");
        }
    }

    @Test
    @Tag("invariant-9")
    void aTeamThatIsNotThereIsADeadLetterThatNamesThoseThatAre() {
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings("3000", "no such team", 200))) {
            long id = product.conversation("Gus Teamless");

            product.sandbox().customerWrites(id, "An enterprise with a budget wants a demo");
            product.settle();

            JsonNode wish = product.wish(id, "team");
            assertThat(wish.path("state").asText()).isEqualTo("dead");
            assertThat(wish.path("error").asText()).contains("no such team", "sales", "senior support");
            assertThat(product.callsOf(id)).extracting(Call::path).noneMatch(path -> path.endsWith("/assignments"));
        }
    }

    private static boolean outboxAtRest(Product product) {
        return product.own("SELECT id FROM outbox WHERE state = 'sending'").isEmpty();
    }

    /** The shipped rules with another team, and the shipped routes with a throttle that does not wait for a minute. */
    private Map<String, String> settings(String limit, String team, int throttleMs) {
        try {
            Path rules = Files.writeString(
                    folder.resolve("rules.yaml"),
                    Files.readString(Path.of("rules.yaml")).replace("team: sales", "team: " + team));
            Path routes = Product.routesWith(
                    Files.createDirectory(folder.resolve("routes")),
                    "chatwoot.camel.yaml",
                    Files.readString(Path.of("routes/chatwoot.camel.yaml"))
                            .replace("timePeriodMillis: \"60000\"", "timePeriodMillis: \"" + throttleMs + "\""));
            return Map.of(
                    "chatwoot.rate-limit",
                    limit,
                    "outbox.lease",
                    "10m",
                    "rules.file",
                    rules.toString(),
                    "routes.directory",
                    routes.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
