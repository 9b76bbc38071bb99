package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The kamelets, placed in routes as an engineer would. */
class KameletsTest {
    private static final Path KAMELETS = Path.of("routes/kamelets");

    private static final String STEP = """
            - route:
                id: every-kamelet
                description: Uses each action kamelet once.
                from:
                  uri: direct:every-kamelet
                  steps:
                    - to:
                        uri: kamelet:chatwoot-add-labels-action
                        parameters:
                          labels: VIP,follow-up
                    - to:
                        uri: kamelet:chatwoot-set-attributes-action
                        parameters:
                          attributes: '{"campaign":"autumn"}'
                    - to:
                        uri: kamelet:chatwoot-set-priority-action
                        parameters:
                          priority: low
                    - to:
                        uri: kamelet:chatwoot-assign-team-action
                        parameters:
                          team: Sales
                    - to:
                        uri: kamelet:chatwoot-private-note-action
                        parameters:
                          text: a note
                    - to:
                        uri: kamelet:chatwoot-send-message-action
                        parameters:
                          text: an answer
                    - to:
                        uri: kamelet:crm-upsert-lead-action
                        parameters:
                          company: Harbor Pine
                          dealValue: "${body.text}"
                    - to:
                        uri: kamelet:lead-outcome-action
                        parameters:
                          outcome: won
                          dealValue: "50000"
                    - choice:
                        when:
                          - expression:
                              simple:
                                expression: "${body.text} contains 'later'"
                            steps:
                              - to:
                                  uri: kamelet:chatwoot-snooze-action
                                  parameters:
                                    until: "2030-01-01T09:00:00Z"
                        otherwise:
                          steps:
                            - to:
                                uri: kamelet:chatwoot-resolve-action
            - route:
                id: source-kamelet
                description: Begins with the source kamelet.
                from:
                  uri: kamelet:chatwoot-event-source
                  parameters:
                    name: kamelets
                    types: message_created
                  steps:
                    - setBody:
                        expression:
                          simple:
                            expression: "${body[content]}"
                    - to:
                        uri: seda:contents
            """;

    @Test
    void eachActsOnTheConversationOfTheStep(@TempDir Path folder) throws IOException {
        Path routes = Product.routesWith(folder, "every-kamelet.camel.yaml", STEP);
        try (Product product = Product.connected(
                SandboxChatwoot.builder().withoutNoise(),
                Map.of("routes.directory", routes.toString(), "steps.message", "direct:every-kamelet"))) {
            SandboxChatwoot sandbox = product.sandbox();
            long now = product.conversation("Ada Now");
            long later = product.conversation("Ben Later");
            sandbox.customerWrites(now, "please");
            sandbox.customerWrites(later, "later please");
            product.settle();

            var view = sandbox.conversation(now);
            assertThat(view.labels()).containsExactlyInAnyOrder("vip", "follow-up", "won");
            assertThat(view.customAttributes())
                    .containsEntry("campaign", "autumn")
                    .containsEntry("deal_outcome", "won")
                    .containsEntry("deal_value", 50000);
            assertThat(view.priority()).contains("low");
            assertThat(view.teamName()).contains("sales");
            assertThat(view.notes()).extracting("content").containsExactly("a note");
            assertThat(view.messages()).extracting("content").contains("an answer");
            assertThat(view.status()).isEqualTo("resolved");
            assertThat(product.lead(now))
                    .containsEntry("name", "Ada Now")
                    .containsEntry("company", "Harbor Pine")
                    .containsEntry("deal_value", "please")
                    .containsEntry("industry", null);
            // Two conversations are worked on side by side: which comes first is open.
            var contents = product.runtime().camel().createConsumerTemplate();
            assertThat(List.of(
                            contents.receiveBody("seda:contents", 10_000, String.class),
                            contents.receiveBody("seda:contents", 10_000, String.class)))
                    .containsExactlyInAnyOrder("please", "later please");
            assertThat(sandbox.conversation(later).snoozedUntil()).contains(Instant.parse("2030-01-01T09:00:00Z"));
        }
    }

    @Test
    void eachSaysWhatItIsAndIsUsedAbove() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (var files = Files.list(KAMELETS)) {
            for (Path file : files.toList()) {
                Map<?, ?> kamelet =
                        (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
                String name = (String) ((Map<?, ?>) kamelet.get("metadata")).get("name");
                Map<?, ?> definition = (Map<?, ?>) ((Map<?, ?>) kamelet.get("spec")).get("definition");
                Map<?, ?> properties = (Map<?, ?>) definition.get("properties");
                names.add(name);
                String kind = name.substring(name.lastIndexOf('-') + 1);

                assertThat(((Map<?, ?>) kamelet.get("metadata")).get("labels"))
                        .isEqualTo(Map.of("camel.apache.org/kamelet.type", kind));

                assertThat(file.getFileName()).hasToString(name + ".kamelet.yaml");
                assertThat(definition.get("title")).asString().isNotBlank();
                assertThat(definition.get("description")).asString().endsWith(".");
                assertThat(properties.values()).allSatisfy(option -> assertThat(
                                ((Map<?, ?>) option).keySet().stream().map(String::valueOf))
                        .contains("title", "description", "type", "example"));
                Object required = definition.get("required");
                assertThat(required == null ? List.of() : (List<?>) required).allMatch(properties::containsKey);
            }
        }
        List<String> used = Pattern.compile("kamelet:([a-z-]+)")
                .matcher(STEP)
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(names).containsExactlyInAnyOrderElementsOf(used);
    }
}
