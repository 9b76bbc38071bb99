package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code leadroutes check}. */
class CheckTest {
    private static final String SETTINGS = """
            chatwoot.base-url=https://chat.example
            chatwoot.api-token=t0ken
            chatwoot.account-id=1
            webhook.secrets=s3cret
            """;

    @TempDir
    private Path folder;

    private CommandRun check(String settings, String... args) {
        try {
            Path file = Files.writeString(folder.resolve("application.properties"), settings);
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            }
            String[] all = new String[args.length + 1];
            all[0] = "check";
            System.arraycopy(args, 0, all, 1, args.length);
            return CommandRun.of(
                    new CheckCommand(
                            need -> Settings.load(properties, Map.of(), new Properties(), need),
                            file,
                            Clock.systemUTC()),
                    all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String rules(String yaml) throws IOException {
        return "rules.file="
                + Files.writeString(folder.resolve("rules.yaml"), yaml)
                        .toString()
                        .replace("\\", "/") + "\n";
    }

    @Test
    void whatIsShippedIsRight() {
        CommandRun run = check(SETTINGS);

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("Settings, rules and routes are right.\n");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void allThatIsWrongIsSaidAtOnceWithItsPlace() throws IOException {
        Path routes = Product.routesWith(folder.resolve("routes"), "mine.camel.yaml", """
                # Mine.
                - route:
                    id: mine
                    description: Has all that can be wrong.
                    from:
                      uri: direct:mine
                      steps:
                        - to:
                            uri: direct:nowhere
                        - to:
                            uri: "carrierpigeon:coop"
                        - log:
                            message: "{{my.missing}} and {{my.other:7}}"
                """);
        Files.writeString(routes.resolve("broken.camel.yaml"), """
                # Broken.
                - route:
                    id: broken
                    from:
                      uri: direct:broken
                      steps:
                        - too:
                            uri: direct:mine
                """);
        CommandRun run = check(SETTINGS.replace("account-id=1", "account-id=one")
                + rules("""
                        tags:
                          - {id: a, any: [alpha, alphas], label: [A]}
                        qualify: {at: 500}
                        """)
                + "# a comment\nconversation.workers=0\nchatwoot.ratelimit=7\nroutes.directory="
                + routes.toString().replace("\\", "/"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("application.properties:3:1: chatwoot.account-id is \"one\"; expected the number")
                .contains("application.properties:7:1: conversation.workers is \"0\"; expected a whole number")
                .contains("rules.yaml:2:35: tags[0].label is an unknown key; did you mean labels?")
                .contains("rules.yaml:3:15: qualify.at is 500; expected")
                .contains("mine.camel.yaml:10: uri is \"carrierpigeon:coop\"; expected one whose component")
                .contains("mine.camel.yaml:13:23: {{my.missing}} has no value; expected")
                .doesNotContain("my.other")
                .containsPattern("broken[.]camel[.]yaml:7:\\d+: .*too")
                .doesNotContain("t0ken")
                .doesNotContain("s3cret");
        assertThat(run.out())
                .contains("application.properties:8:1: chatwoot.ratelimit is no setting; expected"
                        + " chatwoot.base-url,");
    }

    @Test
    void aRouteThatNobodyBeginsIsNamedWithItsLine() {
        Path routes = Product.routesWith(folder.resolve("routes"), "mine.camel.yaml", """
                # Mine.
                - route:
                    id: step-tag
                    description: Has an id that is there already, and goes nowhere.
                    from:
                      uri: direct:mine
                      steps:
                        - to:
                            uri: direct:nowhere
                """);

        CommandRun run = check(SETTINGS + "steps.message=direct:step-tag\nroutes.directory=" + routes);
        CommandRun slip = check(SETTINGS + "steps.message=direct:step-tag,direct:step-tga\n");

        assertThat(run.err())
                .contains("mine.camel.yaml:8: uri is \"direct:nowhere\"; expected the beginning of a route in")
                .containsPattern("route id step-tag is there already, in .*(steps|mine)[.]camel[.]yaml:");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(slip.err())
                .contains(
                        "application.properties:5:1: steps.message names \"direct:step-tga\"; expected the beginning");
    }

    @Test
    void aRouteThatCallsChatwootByItselfAndAFileThatIsNotReadAreNamed() throws IOException {
        Path routes = Product.routesWith(folder.resolve("routes"), "mine.camel.yaml", """
                # Mine.
                - route:
                    id: mine
                    description: Calls past the gateway.
                    from:
                      uri: direct:mine
                      steps:
                        - to:
                            uri: "https://chat.example/api/v1/profile"
                """);

        Files.writeString(routes.resolve("misnamed.yml"), "[]");

        CommandRun run = check(SETTINGS + "routes.directory=" + routes);

        assertThat(run.err())
                .contains("misnamed.yml is not read; expected a name that ends with .camel.yaml")
                .contains("mine.camel.yaml:8: uri is \"https://chat.example/api/v1/profile\", which calls Chatwoot past"
                        + " its rate limit; expected direct:chatwoot-<verb> or its kamelet")
                .contains("2 problem(s)");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void warningsFailNothing() throws IOException {
        CommandRun run = check(SETTINGS + rules("tags: [{id: a, any: [alpha, alphas], labels: [aa]}]\n"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("warning: ")
                .contains("rules.yaml:1:29: tags[0].any[1] \"alphas\" is found by \"alpha\"")
                .endsWith("Settings, rules and routes are right.\n");
    }

    @Test
    void aTextIsTriedWithItsWordsMarked() throws IOException {
        String rules = rules("""
                tags:
                  - {id: demo, any: [demo], labels: [asked-demo]}
                  - {id: trial, any: [trial], labels: [asked-trial]}
                scores: [{id: demo, any: [demo], points: 25}]
                qualify: {at: 25, labels: [qualified]}
                """);

        CommandRun run = check(rules, "--say", "Dem\u00F6 \u2014 a d\u00E9mo for <b>us</b>, but no trial");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                [Dem\u00F6] \u2014 a [d\u00E9mo] for <b>us</b>, but no (trial)
                  tag       demo                            Dem\u00F6, d\u00E9mo
                  score     demo                       +25  Dem\u00F6, d\u00E9mo
                  qualify   qualify
                  denied    trial                           trial, so it does not count
                labels: asked-demo
                score: 25, a lead from 25: qualified
                escalates: no
                """);
    }

    @Test
    void aTextIsNotTriedOnRulesThatAreWrong() throws IOException {
        CommandRun run = check(rules("tags: 7\n"), "--say", "a demo");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("rules.yaml:1:7: tags is 7; expected a list of rules");
    }

    @Test
    void onlineTellsWhatTheAccountLacks() {
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().start()) {
            String settings = SETTINGS.replace(
                            "https://chat.example", sandbox.baseUrl().toString())
                    .replace("t0ken", sandbox.apiToken())
                    .replace("account-id=1", "account-id=" + sandbox.accountId());

            CommandRun run = check(settings, "--online");
            CommandRun refused = check(settings.replace(sandbox.apiToken(), "another"), "--online");

            assertThat(run.err()).contains("Chatwoot has no attribute lead_score of conversations (number)");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(sandbox.calls(call -> call.isWrite())).isEmpty();
            assertThat(refused.err())
                    .contains("Chatwoot refuses the token in chatwoot.api-token (CHATWOOT_API_TOKEN)")
                    .doesNotContain("another");
            assertThat(refused.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void wrongUseIsTwo() {
        CommandRun both = check(SETTINGS, "--say", "a demo", "--online");
        CommandRun unknown = check(SETTINGS, "--onlin");

        assertThat(both.exitCode()).isEqualTo(2);
        assertThat(both.err()).contains("--say tells of a text only; expected no --online with it");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("--onlin").contains("--online");
    }
}
