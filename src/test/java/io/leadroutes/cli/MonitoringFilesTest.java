package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.leadroutes.cli.Scrape.Sample;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The dashboard, the alerts and the README's table speak of what the running product tells, and of all of it. */
class MonitoringFilesTest {
    private static final Path DASHBOARD = Path.of("deploy/grafana/leadroutes.json");
    private static final Path ALERTS = Path.of("deploy/prometheus/alerts.yaml");
    private static final Path ALERT_CASES = Path.of("src/test/resources/alerts.test.yaml");
    private static final Pattern METRIC = Pattern.compile("\\b(?:leadroutes|camel|jvm)_\\w+");
    private static final Set<String> RUNBOOK = Set.of(
            "bad-token",
            "wrong-secret",
            "clock-skew",
            "rate-limit",
            "database-full",
            "crm-mismatch",
            "poison-event",
            "lost-webhooks",
            "private-network");

    /** Of a product that has worked and that nothing is wrong with. */
    private static Scrape calm;

    private static List<JsonNode> alerts;

    /** An alert with the series that moves it: its name, labels and what it rises to; {@code gone} takes it away. */
    private static final String FIRING = """
            LeadroutesGone               | leadroutes_budget_limit             |                     | gone
            LeadroutesWebhooksLost       | leadroutes_webhooks_lost_total      | event=message_created | 1
            LeadroutesWebhooksTurnedAway | leadroutes_webhooks_total           | result=busy,event=none | 1
            LeadroutesWebhooksNotGenuine | leadroutes_webhooks_total           | result=unauthorized | 6
            LeadroutesEventsWait         | leadroutes_inbox_oldest_age_seconds |                     | 61
            LeadroutesEscalationsWait    | leadroutes_outbox_oldest_age_seconds | lane=escalation    | 61
            LeadroutesWishesWait         | leadroutes_outbox_oldest_age_seconds | lane=tagging       | 1801
            LeadroutesDeadEvents         | leadroutes_dead_letters_total       | queue=event,reason=failed | 1
            LeadroutesDeadWishes         | leadroutes_dead_letters_total       | queue=wish,reason=chatwoot-422 | 1
            LeadroutesTokenRefused       | leadroutes_token_refused            |                     | 1
            LeadroutesRateLimited        | leadroutes_rate_limited_total       |                     | 1
            LeadroutesBudgetExhausted    | leadroutes_budget_used              |                     | 2999
            """;

    @BeforeAll
    static void scrape() throws IOException {
        try (Product product = Product.connected(SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "3000"))) {
            product.sandbox()
                    .customerWrites(product.conversation("Ada Scrape"), "We are an enterprise and want to cancel");
            product.settle();
            calm = Scrape.of(product);
        }
        alerts = StreamSupport.stream(
                        new ObjectMapper(new YAMLFactory())
                                .readTree(ALERTS.toFile())
                                .path("groups")
                                .path(0)
                                .path("rules")
                                .spliterator(),
                        false)
                .toList();
    }

    private static Set<String> metrics(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names() {
        return calm.samples().stream().map(Sample::name).collect(Collectors.toSet());
    }

    /** Our own, as people name them: a histogram's by its base name. */
    private static Set<String> families() {
        return calm.families().stream()
                .filter(name -> name.startsWith("leadroutes_"))
                // Micrometer tells the largest of late beside each histogram.
                .filter(name -> !name.endsWith("_max"))
                .collect(Collectors.toSet());
    }

    private static List<String> expressions() throws IOException {
        List<String> expressions = new ArrayList<>();
        for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels")) {
            panel.path("targets")
                    .forEach(target -> expressions.add(target.path("expr").asText()));
        }
        return expressions;
    }

    @Test
    void eachMetricOfTheDashboardIsToldAndEachThatIsToldIsShown() throws IOException {
        Set<String> shown = metrics(String.join("\n", expressions()));

        assertThat(names()).containsAll(shown);
        assertThat(shown.stream().map(name -> name.replaceFirst("_bucket$", "")))
                .containsAll(families());
    }

    @Test
    void theDashboardIsOneThatGrafanaImports() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        Set<Integer> ids = new HashSet<>();
        Set<String> places = new HashSet<>();

        assertThat(dashboard.path("schemaVersion").asInt()).isGreaterThanOrEqualTo(39);
        assertThat(dashboard
                        .path("templating")
                        .path("list")
                        .path(0)
                        .path("type")
                        .asText())
                .isEqualTo("datasource");
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).as("%s", panel).isTrue();
            JsonNode at = panel.path("gridPos");
            assertThat(places.add(at.path("x") + "/" + at.path("y")))
                    .as("%s", panel)
                    .isTrue();
            assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(24);
            for (JsonNode target : panel.path("targets")) {
                assertThat(target.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
                assertThat(panel.path("description").asText()).isNotEmpty();
            }
        }
    }

    @Test
    void eachMetricOfTheAlertsIsToldAndEachAlertSaysWhatToDo() {
        for (JsonNode alert : alerts) {
            String name = alert.path("alert").asText();
            assertThat(names()).as(name).containsAll(metrics(alert.path("expr").asText()));
            String description = alert.path("annotations").path("description").asText();
            assertThat(alert.path("labels").path("severity").asText()).isIn("critical", "warning");
            assertThat(alert.path("annotations").path("summary").asText()).isNotEmpty();
            List<String> anchors = Pattern.compile("docs/runbook\\.md#([a-z-]+)")
                    .matcher(description)
                    .results()
                    .map(anchor -> anchor.group(1))
                    .toList();
            assertThat(anchors).as(name).isNotEmpty().isSubsetOf(RUNBOOK);
        }
    }

    static Stream<String> alertNames() {
        return alerts.stream().map(alert -> alert.path("alert").asText());
    }

    private static String expression(String alert) {
        return alerts.stream()
                .filter(one -> one.path("alert").asText().equals(alert))
                .findFirst()
                .orElseThrow(() -> new AssertionError(alert + " is not in " + ALERTS))
                .path("expr")
                .asText();
    }

    @ParameterizedTest
    @MethodSource("alertNames")
    void noAlertFiresWhileNothingIsWrong(String alert) {
        assertThat(new Promql(calm, calm).fires(expression(alert))).isFalse();
        assertThat(FIRING).as("a case in which it fires").contains(alert + " ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = FIRING)
    void anAlertFiresWhenItsSeriesMovesAndNoOther(String alert, String metric, String labels, String value) {
        String[] wanted = labels == null ? new String[0] : labels.split(",");
        assertThat(calm.series(metric, wanted)).as("the series").hasSize(1);
        List<Sample> moved = new ArrayList<>();
        Sample series = calm.series(metric, wanted).findFirst().orElseThrow();
        for (Sample sample : calm.samples()) {
            if (!sample.equals(series)) {
                moved.add(sample);
            } else if (!value.equals("gone")) {
                moved.add(new Sample(sample.name(), sample.labels(), sample.value() + Double.parseDouble(value)));
            }
        }
        Promql then = new Promql(calm, new Scrape(moved, calm.families(), ""));

        assertThat(alertNames().filter(name -> then.fires(expression(name)))).containsExactly(alert);
    }

    /** Prometheus' own tool, with its times: run where it is installed (Debian's package prometheus has it). */
    @Test
    void promtoolFiresTheAlertsLikewise() throws Exception {
        assumeThat(isInstalled("promtool"))
                .as("promtool is not on the path; the alerts were evaluated by Promql only")
                .isTrue();

        assertThat(promtool("check", "rules", ALERTS.toString())).contains("SUCCESS");
        assertThat(promtool("test", "rules", ALERT_CASES.toString())).contains("SUCCESS");
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static String promtool(String... arguments) throws Exception {
        List<String> command =
                Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void eachMetricSaysWhatItIs() {
        assertThat(families()).allSatisfy(name -> assertThat(calm.text().lines())
                .anyMatch(line -> line.matches("# HELP " + name + " \\S.+")));
    }

    @Test
    void theReadmeNamesEachMetricAndNoOther() throws IOException {
        String chapter = Files.readString(Path.of("README.md"))
                .replaceFirst("(?s).*\n### See what it does\n", "")
                .replaceFirst("(?s)\n##+ .*", "");

        assertThat(metrics(chapter)).containsExactlyInAnyOrderElementsOf(families());
    }
}
