package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.MessageView;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everyday examples in routes/examples, installed as their headers say, against real HTTP and real files. */
class RecipesTest {
    private static final List<String> RECIPES = List.of(
            "welcome",
            "survey",
            "vip-list",
            "language-team",
            "escalation-alert",
            "enrich-contact",
            "digest",
            "file-drop");

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JumpingClock CLOCK = new JumpingClock();

    /** Path, query and body of each request that the rooms and the directory got. */
    private static final List<String> POSTED = new CopyOnWriteArrayList<>();

    /** How many requests are answered with 503 first. */
    private static final AtomicInteger FAULTS = new AtomicInteger();

    private static HttpServer rooms;
    private static Product product;
    private static SandboxChatwoot sandbox;

    @TempDir
    private static Path home;

    @BeforeAll
    static void start(@TempDir Path routes) throws IOException {
        rooms = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        rooms.createContext("/", RecipesTest::answer);
        rooms.start();
        String url = "http://127.0.0.1:" + rooms.getAddress().getPort();
        Map<String, String> given = Map.of(
                "survey.url",
                "https://survey.example/s",
                "vip.folder",
                Files.createDirectory(home.resolve("vip")).toString(),
                "alert.url",
                url + "/alert",
                "enrich.url",
                url,
                "digest.url",
                url + "/digest",
                "digest.hours",
                "[0-9]+",
                "drop.folder",
                Files.createDirectory(home.resolve("drop")).toString());
        given.forEach(System::setProperty);
        put("vip/vips.csv", "E-Mail,Level\r\n Ada@VIP.example ,gold\r\n");
        Path rules = home.resolve("rules.yaml");
        Files.writeString(
                rules,
                Files.readString(Path.of("rules.yaml"))
                        + "\ncalendars: {office: {time-zone: UTC, hours: {mon-fri: \"09:00-17:00\"}}}\n");
        Product.routesWith(routes, "nothing.txt", "");
        for (String recipe : RECIPES) {
            String file = recipe + ".camel.yaml";
            Files.copy(Path.of("routes/examples").resolve(file), routes.resolve(file));
        }
        product = Product.connected(
                SandboxChatwoot.builder().dialect(Dialect.ACTUAL).clock(CLOCK),
                Map.of(
                        "routes.directory",
                        routes.toString(),
                        "rules.file",
                        rules.toString(),
                        "steps.message",
                        "direct:step-tag,direct:step-score,direct:step-qualify,direct:step-escalate,direct:welcome,"
                                + "direct:vip-list,direct:language-team",
                        "on.escalated",
                        "direct:escalation-alert"),
                CLOCK);
        sandbox = product.sandbox();
        for (String team : List.of("support de", "support fr")) {
            call("chatwoot-create-team", Map.of("name", team));
        }
        product.settle();
    }

    @AfterAll
    static void stop() throws IOException {
        try {
            ExamplesTest.everyRouteWasUsed(
                    product,
                    RECIPES.stream().map(recipe -> recipe + ".camel.yaml").toList());
        } finally {
            product.close();
            rooms.stop(0);
        }
        List.of("survey.url", "vip.folder", "alert.url", "enrich.url", "digest.url", "digest.hours", "drop.folder")
                .forEach(System::clearProperty);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            POSTED.add(exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            boolean isKnown = exchange.getRequestURI().toString().contains("harborpine");
            byte[] body = (isKnown ? "{\"company_name\":\"Harbor Pine\",\"company_size\":\"51-200\"}" : "{}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(FAULTS.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? 503 : 200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private static List<String> posted(String beginning) {
        return POSTED.stream().filter(one -> one.startsWith(beginning)).toList();
    }

    /** Whole at once, as the headers ask for. */
    private static void put(String name, String content) throws IOException {
        Path beside = Files.writeString(home.resolve("beside"), content);
        Files.move(beside, home.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void call(String route, Map<String, Object> headers) {
        product.runtime()
                .camel()
                .createProducerTemplate()
                .sendBodyAndHeaders("direct:" + route, null, new HashMap<>(headers));
    }

    private static ConversationView write(long conversation, String text) {
        sandbox.customerWrites(conversation, text);
        product.settle();
        return sandbox.conversation(conversation);
    }

    /** What customers were told, not by agents. */
    private static List<String> told(long conversation) {
        return sandbox.conversation(conversation).messages().stream()
                .filter(message -> message.type().equals("outgoing") && !message.isPrivate())
                .map(MessageView::content)
                .toList();
    }

    private static void jumpTo(DayOfWeek day, int hour) {
        ZonedDateTime now = CLOCK.instant().atZone(ZoneOffset.UTC);
        ZonedDateTime then = now.with(TemporalAdjusters.next(day)).with(LocalTime.of(hour, 0));
        CLOCK.jump(Duration.between(now, then));
    }

    // ---- welcome

    @ParameterizedTest
    @CsvSource({"MONDAY,10,within the hour", "MONDAY,18,back at nine", "SUNDAY,10,back at nine"})
    @Tag("invariant-2")
    void aCustomerIsGreetedOnceByTheHoursOfTheOffice(DayOfWeek day, int hour, String words) {
        jumpTo(day, hour);
        long id = product.conversation("Wel Come");

        sandbox.customerWrites(id, "hello");
        write(id, "anybody there?");
        write(id, "hello?");

        assertThat(told(id)).singleElement().asString().contains(words);
        assertThat(sandbox.conversation(id).labels()).contains("welcomed");
    }

    // ---- survey

    @Test
    @Tag("invariant-2")
    void whoseConversationIsResolvedIsAskedOnce() {
        long id = product.conversation("Sur Vey");
        sandbox.agentResolves(id);
        product.settle();
        write(id, "one more thing");
        sandbox.agentResolves(id);
        product.settle();
        sandbox.agentSetsLabels(id, "done");
        product.settle();

        assertThat(told(id))
                .filteredOn(text -> text.contains("survey"))
                .containsExactly("How did we do? Two questions: https://survey.example/s?conversation=" + id);
    }

    // ---- VIPs

    @Test
    @Tag("invariant-5")
    void whoIsOnTheListIsMarkedOnce() {
        long id = sandbox.addConversation(sandbox.addContact("Ada Vip", "ADA@vip.example"));

        ConversationView marked = write(id, "hello");
        sandbox.clearCalls();
        write(id, "hello again");

        assertThat(marked.labels()).contains("vip");
        assertThat(marked.priority()).contains("high");
        assertThat(product.verbsOf(id)).doesNotContain("POST labels", "POST toggle_priority");
    }

    @Test
    void whoIsNotOnTheListIsNotMarkedUntilTheFileSaysSo() throws IOException {
        long id = sandbox.addConversation(sandbox.addContact("Ben Later", "ben@vip.example"));
        long other = sandbox.addConversation(sandbox.addContact("An Other", "a@vip.example"));
        assertThat(write(id, "hello").labels()).doesNotContain("vip");

        put("vip/vips.csv", "ada@vip.example\nben@vip.example");

        await().atMost(PATIENCE).until(() -> write(id, "hello").labels().contains("vip"));
        assertThat(write(other, "part of another address").labels()).doesNotContain("vip");
        assertThat(write(product.conversation("No Mail"), "hello").labels()).doesNotContain("vip");
    }

    // ---- language

    @ParameterizedTest
    @CsvSource({"de-AT,support de", "fr,support fr"})
    @Tag("invariant-6")
    void aConversationGoesToTheTeamThatSpeaksItsLanguageOnce(String language, String team) {
        long id = conversationIn(language);

        ConversationView routed = write(id, "Guten Tag");
        call("chatwoot-assign-team", Map.of("conversationId", id, "team", "sales"));
        product.settle();
        write(id, "Hallo?");

        assertThat(routed.teamName()).contains(team);
        assertThat(sandbox.conversation(id).teamName())
                .as("passed on by an agent")
                .contains("sales");
    }

    @Test
    void whatNobodySpeaksStaysWhereItIs() {
        assertThat(write(conversationIn("nl"), "Goedendag").teamName()).isEmpty();
        assertThat(write(product.conversation("By Mail"), "hello").teamName()).isEmpty();
    }

    private static long conversationIn(String language) {
        long contact = sandbox.addContact("Lan Guage", "");
        String path = sandbox.baseUrl() + "/api/v1/accounts/" + sandbox.accountId() + "/conversations";
        return Product.json(product.send(HttpRequest.newBuilder(URI.create(path))
                        .header("Api-Access-Token", sandbox.apiToken())
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"inbox_id\":31,\"contact_id\":" + contact
                                + ",\"additional_attributes\":{\"browser_language\":\"" + language + "\"}}"))))
                .path("id")
                .asLong();
    }

    // ---- alert

    @Test
    @Tag("invariant-12")
    void anEscalationIsToldInTheRoomOnceThoughTheRoomIsAwayAtFirst() {
        long id = product.conversation("<!channel> Quillfeather");
        FAULTS.set(1);

        write(id, "We are an enterprise and will cancel, says \"Zebedee\"");

        assertThat(posted("/alert")).hasSize(2);
        assertThat(posted("/alert").get(1))
                .startsWith("/alert {\"text\": \"Escalated: conversation " + id + ", score 30, labels ")
                .contains("enterprise-lead", "\\n" + sandbox.baseUrl() + "/app/accounts/")
                .doesNotContain("Quillfeather", "Zebedee");
    }

    // ---- directory

    @Test
    void aContactsCompanyIsLookedUpOncePerDomain() {
        long first = sandbox.contactAppears(Map.of("name", "Ed First", "email", "ed@harborpine.example"));
        product.settle();
        long second = sandbox.contactAppears(Map.of("name", "Flo Second", "email", "flo@HARBORPINE.example"));
        sandbox.contactAppears(Map.of("name", "Gus Unknown", "email", "gus@elsewhere.example"));
        sandbox.contactAppears(Map.of("name", "Hal Without"));
        sandbox.contactAppears(Map.of("name", "Ida Wrong", "email", "ida@x&domain=y"));
        product.settle();

        for (long contact : List.of(first, second)) {
            assertThat(sandbox.contact(contact).customAttributes())
                    .containsEntry("company_name", "Harbor Pine")
                    .containsEntry("company_size", "51-200");
        }
        assertThat(posted("/companies"))
                .containsExactlyInAnyOrder(
                        "/companies?domain=harborpine.example ", "/companies?domain=elsewhere.example ");
        assertThat(product.admin("/admin/dead")).isEmpty();
    }

    // ---- digest

    @Test
    void theDigestCountsTheLeadsOfADay() {
        write(product.conversation("Di Gest"), "An enterprise with a budget wants a demo");
        int before = posted("/digest").size();

        call("digest", Map.of());

        assertThat(posted("/digest")).hasSize(before + 1);
        assertThat(posted("/digest").get(before))
                .matches("/digest \\{\"text\": \"Leads since yesterday: [1-9], escalated [0-9], resolved [0-9], highest"
                        + " score (75|100)\"}");
    }

    @Test
    void theDigestIsMadeByItsClock() {
        await().atMost(PATIENCE).until(() -> !posted("/digest").isEmpty());
    }

    // ---- files

    @Test
    @Tag("invariant-9")
    void aFileThatIsDroppedIsWorkedOffLineByLine() throws IOException {
        long first = product.conversation("Jo First");
        long second = product.conversation("Kay Second");
        String change = "\"add_labels\":[\"q4-campaign\"],\"custom_attributes\":{\"campaign\":\"q4\"}";

        put(
                "drop/autumn.jsonl",
                "{\"conversation_id\":%d,%s,\"priority\":\"medium\",\"status\":\"pending\"}\n".formatted(first, change)
                        + "\n{\"conversation_id\":%d,%s,\"priority\":\"hig\"}\n".formatted(second, change)
                        + "{\"conversation_id\"\n"
                        + "{\"conversation_id\":%d,\"priority\":\"low\"}".formatted(second));
        await().atMost(PATIENCE).until(() -> Files.exists(home.resolve("drop/.done/autumn.jsonl")));
        product.settle();

        assertThat(sandbox.conversation(first).labels()).contains("q4-campaign");
        assertThat(sandbox.conversation(first).customAttributes()).containsEntry("campaign", "q4");
        assertThat(sandbox.conversation(first).priority()).contains("medium");
        assertThat(sandbox.conversation(first).status()).isEqualTo("pending");
        assertThat(sandbox.conversation(second).priority()).contains("low");
        assertThat(sandbox.conversation(second).labels())
                .as("a line is done as a whole or not at all")
                .doesNotContain("q4-campaign");
        assertThat(Files.readAllLines(home.resolve("drop/.done/autumn.jsonl.wrong")))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("line 3: priority is \"hig\"; expected none, low, "),
                        line -> assertThat(line).isEqualTo("line 4: no JSON object"));
        assertThat(home.resolve("drop/autumn.jsonl")).doesNotExist();
    }
}
