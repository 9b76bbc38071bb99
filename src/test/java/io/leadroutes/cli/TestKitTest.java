package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.LeadRoutesTest;
import io.leadroutes.testkit.TestLeadRoutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The test kit, as an engineer uses it. */
@LeadRoutesTest(settings = {"steps.message = direct:step-tag,direct:step-escalate", "chatwoot.strategy=direct"})
class TestKitTest {
    @Test
    void anEventIsPostedAndWhatCameOfItIsThere(TestLeadRoutes leadroutes) {
        long conversation = leadroutes.customerWrites("How much is it?");

        assertThat(leadroutes.wishes(conversation))
                .extracting(wish -> wish.path("state").asText())
                .containsExactly("done");
        assertThat(leadroutes.calls(conversation)).anyMatch(call -> call.is("POST", "/labels"));
        assertThat(leadroutes.leads()).isEmpty();
        assertThat(leadroutes.inChatwoot(conversation).customAttributes())
                .as("step-score is not among the settings")
                .isEmpty();
    }

    @Test
    void theMethodsOfAClassShareOneLeadroutes(TestLeadRoutes first, TestLeadRoutes second) {
        assertThat(first).isSameAs(second);
        assertThat(first.conversation("Ada One")).isNotEqualTo(first.conversation("Ben Two"));
    }

    @Nested
    class InANestedClass {
        @Test
        void itIsTheSame(TestLeadRoutes leadroutes) {
            long conversation = leadroutes.customerWrites("An enterprise");

            assertThat(leadroutes.inChatwoot(conversation).customAttributes())
                    .as("by the settings of the class around it")
                    .isEmpty();
        }
    }

    @Test
    void aBodyIsPostedAsItStands() {
        try (TestLeadRoutes leadroutes = TestLeadRoutes.start(Map.of())) {
            int status = leadroutes.post(Product.body("14")).statusCode();
            leadroutes.settle();

            assertThat(status).isEqualTo(200);
            assertThat(leadroutes.own("SELECT event FROM webhook_event")).contains(Map.of("event", "message_created"));
        }
    }

    @Test
    void aRouteIsCalledAndWhatItAnswersComesBack(TestLeadRoutes leadroutes) {
        long conversation = leadroutes.conversation("Ada Called");
        leadroutes.sandbox().agentSetsLabels(conversation, "vip");

        Object labels = leadroutes.call("direct:chatwoot-list-labels", null, Map.of("conversationId", conversation));

        assertThat(labels).isEqualTo(List.of("vip"));
    }

    @Test
    void timePassesAndWhatIsDueHappens(@TempDir Path folder) throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), """
                calendars:
                  always: {time-zone: UTC, hours: {mon-sun: "00:00-24:00"}}
                escalate:
                  - {id: unanswered, calendar: always, steps: [{after: 2h, labels: [waiting]}]}
                """);
        try (TestLeadRoutes leadroutes = TestLeadRoutes.start(Map.of("rules.file", rules.toString()))) {
            long conversation = leadroutes.customerWrites("Is anybody there?");

            leadroutes.pass(Duration.ofMinutes(119));
            assertThat(leadroutes.inChatwoot(conversation).labels()).isEmpty();
            leadroutes.pass(Duration.ofMinutes(2));
            assertThat(leadroutes.inChatwoot(conversation).labels()).containsExactly("waiting");
        }
    }

    @Test
    void aClockThatCannotJumpSaysSo() {
        SandboxChatwoot sandbox = SandboxChatwoot.start();
        try (TestLeadRoutes leadroutes = TestLeadRoutes.beside(sandbox, Map.of(), Clock.systemUTC())) {
            assertThatThrownBy(() -> leadroutes.pass(Duration.ofHours(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("expected a JumpingClock");
        }
    }

    @Test
    void aRouteFileThatCannotBeUsedFailsTheTest(@TempDir Path folder) {
        Product.routesWith(folder, "broken.camel.yaml", "- rout: {}\n");

        assertThatThrownBy(() -> TestLeadRoutes.start(Map.of("routes.directory", folder.toString())))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("broken.camel.yaml:1");
    }

    @Test
    void aSettingWithoutAValueFailsTheTest() {
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(DiscoverySelectors.selectClass(Wrong.class))
                                .build(),
                        summary);

        assertThat(summary.getSummary().getFailures()).singleElement().satisfies(failure -> assertThat(
                        failure.getException())
                .hasMessageContaining("settings has \"nonsense\"; expected name=value"));
    }

    /** Not found by itself, as its name does not end with Test. */
    @LeadRoutesTest(settings = "nonsense")
    static final class Wrong {
        @Test
        void asksForOne(TestLeadRoutes leadroutes) {
            assertThat(leadroutes).isNotNull();
        }
    }
}
