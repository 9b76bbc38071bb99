package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.Notification;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The examples in routes/examples, installed as their headers say: the workflows of the original reference, by hand. */
@ParameterizedClass(name = "{0}")
@EnumSource(Dialect.class)
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("routes/examples");

    /** Those that are tried here; the others are RecipesTest's, SuiteExampleTest's and EspoExampleTest's. */
    private static final List<String> WORKFLOWS = List.of(
            "AutoTag.java",
            "batch-update.camel.yaml",
            "escalate-churn.camel.yaml",
            "patient-read.camel.yaml",
            "qualify-lead.camel.yaml");

    private static final String LEAD = """
            {"lead_score": 85, "deal_value": 50000, "industry": "Technology", "company_name": "Acme *Corp*",
             "company_size": "51-200", "next_follow_up": "2026-10-20"}""";

    private static Product product;
    private static SandboxChatwoot sandbox;

    /** Only {@link #start} asks for it, but JUnit wants a place for each parameter. */
    @Parameter
    Dialect dialect;

    @BeforeParameterizedClassInvocation
    static void start(Dialect dialect, @TempDir Path folder) throws IOException {
        Product.routesWith(folder, "nothing.txt", "");
        for (String example : WORKFLOWS) {
            Files.copy(EXAMPLES.resolve(example), folder.resolve(example));
        }
        product = Product.connected(
                SandboxChatwoot.builder().dialect(dialect),
                Map.of(
                        "routes.directory",
                        folder.toString(),
                        "steps.message",
                        "direct:auto-tag,direct:escalate-churn",
                        "chatwoot.redeliveries",
                        "0",
                        "chatwoot.rate-limit",
                        "3000"));
        sandbox = product.sandbox();
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        try {
            everyRouteWasUsed(product, WORKFLOWS);
        } finally {
            product.close();
        }
    }

    /** Those of Java files are named as these are. */
    static void everyRouteWasUsed(Product product, List<String> examples) throws IOException {
        List<String> routes = new ArrayList<>();
        for (String example : examples) {
            if (example.endsWith(".yaml")) {
                RoutesTest.entities(EXAMPLES.resolve(example), "route")
                        .forEach(route -> routes.add((String) route.get("id")));
            } else {
                routes.add(example.replace(".java", "")
                        .replaceAll("(?<=.)(?=[A-Z])", "-")
                        .toLowerCase(Locale.ROOT));
            }
        }
        assertThat(RoutesTest.used(product)).containsAll(routes);
    }

    private static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.sorted().toList();
        }
    }

    @Test
    void eachExampleSaysAtItsTopHowToInstallIt() throws IOException {
        for (Path example : examples()) {
            List<String> header = Files.readAllLines(example).stream()
                    .takeWhile(line -> line.startsWith("#") || line.startsWith("//"))
                    .toList();
            assertThat(header.size()).as("lines of " + example).isBetween(6, 14);
            assertThat(String.join("\n", header)).as("header of " + example).contains("Install: ", "Settings: ");
        }
    }

    @Test
    void eachExampleIsInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));

        for (Path example : examples()) {
            assertThat(readme).contains("| `" + example.getFileName() + "` |");
        }
    }

    // ---- qualification

    @Test
    void aLeadIsQualifiedInFiveSteps() {
        long id = product.conversation("Ada Acme");
        sandbox.agentSetsLabels(id, "vip");
        sandbox.agentSetsCustomAttributes(id, Map.of("order", "A-1"));
        product.settle();

        HttpResponse<String> answer = post("/leads/qualify/" + id, LEAD);
        product.settle();

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"success\":true}");
        ConversationView conversation = sandbox.conversation(id);
        assertThat(conversation.labels())
                .containsExactlyInAnyOrder("vip", "qualified", "hot-lead", "enterprise-interest");
        assertThat(conversation.customAttributes())
                .containsEntry("order", "A-1")
                .containsEntry("lead_score", 85)
                .containsEntry("deal_value", 50000)
                .containsEntry("industry", "Technology")
                .containsEntry("company_size", "51-200")
                .containsEntry("next_follow_up", "2026-10-20");
        assertThat(conversation.priority()).contains("high");
        assertThat(conversation.teamName()).contains("sales");
        assertThat(conversation.notes()).singleElement().satisfies(note -> assertThat(note.content())
                .isEqualTo("""
                        **Lead Qualified**

                        Score: 85/100
                        Estimated Deal Value: $50000
                        Company: Acme \\*Corp\\*
                        Company Size: 51\\-200 employees
                        Industry: Technology
                        Follow up by: 2026\\-10\\-20

                        Next Steps:
                        - Schedule discovery call
                        - Send pricing deck
                        - Add to CRM"""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1580 | {\"lead score\": 85} | attributes is \"lead score\"",
                "1580 | {} | attributes is empty; expected an object of keys and values",
                "x | {\"a\": 1} | conversationId is \"x\"; expected a whole number",
                "1580 | {\"a\" | the body is no JSON; expected an object of attributes and values",
            })
    @Tag("invariant-4")
    void wrongLeadDataAreRefusedAndNothingIsSent(String id, String body, String error) {
        sandbox.clearCalls();

        HttpResponse<String> answer = post("/leads/qualify/" + id, body);
        product.settle();

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith(error);
        assertThat(sandbox.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"POST,/leads/qualify/1580", "POST,/conversations/batch", "GET,/conversations/labels/1580"})
    void withoutTheTokenNobodyIsLetIn(String method, String path) {
        HttpResponse<String> answer = product.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.runtime().httpPort() + path))
                .method(method, BodyPublishers.ofString("{}")));

        assertThat(answer.statusCode()).isEqualTo(401);
    }

    // ---- auto-tagging

    @Test
    void wordsGiveLabelsAndAScore() {
        long id = product.conversation("Ben Words");
        sandbox.agentSetsLabels(id, "vip");

        write(id, "How much is a DEMO for our team? It is urgent.");

        assertThat(sandbox.conversation(id).labels())
                .containsExactlyInAnyOrder("vip", "pricing-inquiry", "enterprise-lead", "sales-qualified");
        assertThat(sandbox.conversation(id).customAttributes()).containsEntry("lead_score", 40);
    }

    @Test
    void anAttachmentWithoutTextIsNoFailure() {
        long id = product.conversation("Cy Photo");
        sandbox.customerSendsAttachment(id, "image");
        product.settle();

        assertThat(product.callsOf(id)).isEmpty();
        assertThat(product.runtime().records().inbox().dead()).isZero();
    }

    // ---- escalation

    @Test
    @Tag("invariant-2")
    void aChurnRiskIsEscalatedInFourStepsOnce() {
        long id = product.conversation("Di Churn");
        int before = sandbox.notifications().size();

        sandbox.customerWrites(id, "We are an enterprise");
        sandbox.customerWrites(id, "and want to cancel");
        sandbox.customerWrites(id, "yes, cancel, all of it");
        product.settle();
        write(id, "cancel, I said");

        ConversationView conversation = sandbox.conversation(id);
        assertThat(conversation.priority()).contains("urgent");
        assertThat(conversation.labels())
                .containsExactlyInAnyOrder("enterprise-lead", "churn-risk", "escalated", "urgent", "requires-manager");
        assertThat(conversation.teamName()).contains("senior support");
        assertThat(conversation.notes()).singleElement().satisfies(note -> assertThat(note.content())
                .isEqualTo("ESCALATED: Customer is enterprise tier and threatening to churn. Requires immediate manager"
                        + " attention. [@senior support](mention://team/5/senior%20support)"));
        assertThat(sandbox.notifications()
                        .subList(before, sandbox.notifications().size()))
                .extracting(Notification::kind, Notification::mentionedId)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("team", 5L));
    }

    // ---- batch

    @Test
    void manyConversationsGetTheSame() {
        long first = product.conversation("Ed First");
        long second = product.conversation("Flo Second");
        sandbox.agentSetsLabels(second, "vip");
        product.settle();

        HttpResponse<String> answer = post(
                "/conversations/batch",
                "{\"conversation_ids\": [%d, \"abc\", %d], \"labels\": [\"Q4-campaign\", \"follow-up-needed\"],"
                                .formatted(first, second)
                        + "\"custom_attributes\": {\"campaign_source\": \"email-blast-oct\"}, \"priority\": \"medium\","
                        + "\"status\": \"pending\"}");
        product.settle();

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body().lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo(first + " asked for"),
                        line -> assertThat(line).startsWith("abc failed: conversationId is \"abc\"; expected "),
                        line -> assertThat(line).isEqualTo(second + " asked for"));
        assertThat(sandbox.conversation(first).labels()).containsExactlyInAnyOrder("q4-campaign", "follow-up-needed");
        assertThat(sandbox.conversation(second).labels()).contains("vip", "q4-campaign");
        for (long id : List.of(first, second)) {
            assertThat(sandbox.conversation(id).customAttributes()).containsEntry("campaign_source", "email-blast-oct");
            assertThat(sandbox.conversation(id).priority()).contains("medium");
            assertThat(sandbox.conversation(id).status()).isEqualTo("pending");
        }
    }

    @Test
    void aBatchLeavesWhatItDoesNotName() {
        long id = product.conversation("Gus Little");
        product.settle();
        sandbox.clearCalls();

        HttpResponse<String> answer =
                post("/conversations/batch", "{\"conversation_ids\": [" + id + "], \"priority\": \"low\"}");
        product.settle();

        assertThat(answer.body()).isEqualTo(id + " asked for\n");
        assertThat(product.verbsOf(id)).containsExactly("POST toggle_priority");
    }

    @Test
    void aConversationThatChatwootDoesNotKnowIsADeadLetter() {
        long dead = product.runtime().records().outbox().dead();

        HttpResponse<String> answer =
                post("/conversations/batch", "{\"conversation_ids\": [999999], \"priority\": \"low\"}");
        product.settle();

        assertThat(answer.body()).isEqualTo("999999 asked for\n");
        assertThat(product.runtime().records().outbox().dead()).isEqualTo(dead + 1);
    }

    // ---- errors

    @Test
    @Tag("invariant-7")
    void a429IsWaitedForAndAskedAgain() {
        long id = product.conversation("Hal Patient");
        sandbox.agentSetsLabels(id, "vip");
        product.settle();
        sandbox.clearCalls();
        sandbox.failNext(
                2,
                Fault.status(429, "Retry later\n", Map.of("Retry-After", "1")),
                call -> call.is("GET", "/conversations/" + id + "/labels"));
        long start = System.nanoTime();

        HttpResponse<String> answer = get("/conversations/labels/" + id);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("[\"vip\"]");
        assertThat(sandbox.calls()).hasSize(3);
        assertThat(System.nanoTime() - start).as("two pauses, in ns").isGreaterThan(2_000_000_000L);
    }

    @Test
    void anOutageIsToldWithATimeToComeAgain() {
        long id = product.conversation("Ida Outage");
        sandbox.failNext(1, Fault.status(502), call -> call.is("GET", "/conversations/" + id + "/labels"));

        HttpResponse<String> answer = get("/conversations/labels/" + id);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("60");
    }

    @Test
    void aRefusalIsToldInChatwootsWords() {
        HttpResponse<String> answer = get("/conversations/labels/999999");

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).startsWith("Chatwoot API error: list-labels: 404 ");
    }

    private static HttpResponse<String> post(String path, String body) {
        return product.send(product.adminRequest(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> get(String path) {
        return product.send(product.adminRequest(path).GET());
    }

    private static void write(long conversation, String text) {
        sandbox.customerWrites(conversation, text);
        product.settle();
    }
}
