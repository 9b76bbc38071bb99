package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page at /admin over HTTP: its files, sessions, and what it asks for. */
class OpsPageTest {
    private static final JumpingClock CLOCK = new JumpingClock();
    private static Product product;

    @BeforeAll
    static void start() {
        product = Product.connected(SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "3000"), CLOCK);
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    @Tag("invariant-12")
    @Tag("attack-22")
    void thePageAndItsFilesRunNothingOfOthersAndNothingInline() {
        var page = get("/admin");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(page.headers().allValues("Content-Security-Policy"))
                .containsExactly("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                        + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        assertThat(page.body())
                .doesNotContain("style=", "<style", "onclick")
                .doesNotContainPattern("<script(?! type=\"module\" src=\"/admin/page/[a-z]+\\.js\">)");
        List<String> files = Pattern.compile("\"(/admin/page/[^\"]+)\"")
                .matcher(page.body())
                .results()
                .map(file -> file.group(1))
                .toList();
        assertThat(files).hasSize(5);
        for (String file : files) {
            assertThat(get(file).statusCode()).as(file).isEqualTo(200);
        }
    }

    @Test
    void everyModuleThatIsImportedIsServedAsJavaScript() {
        String main = get("/admin/page/page.js").body();
        List<String> modules = Pattern.compile("from \"\\./([a-z]+\\.js)\"")
                .matcher(main
                        + get("/admin/page/overview.js").body()
                        + get("/admin/page/plot.js").body())
                .results()
                .map(module -> module.group(1))
                .distinct()
                .toList();

        assertThat(modules).contains("uplot.js", "dead.js", "plot.js");
        for (String module : modules) {
            var answer = get("/admin/page/" + module);
            assertThat(answer.statusCode()).as(module).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/javascript; charset=utf-8");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application.properties",
                "..%2f..%2fapplication.properties",
                "../session",
                "%2e%2e/log4j2.properties",
                "page.js%00",
                "PAGE.JS",
                "page.js/",
                "a/page.js",
                "uPlot.cjs.js"
            })
    void nothingButTheListIsServed(String path) {
        assertThat(get("/admin/page/" + path).statusCode()).isIn(400, 404, 405);
    }

    @Test
    void withoutAConfiguredTokenThereIsNoPage() {
        try (Product closed = Product.alone(SandboxChatwoot.builder(), Map.of("admin.token", ""))) {
            for (String path : List.of("/admin", "/admin/page/page.js", "/admin/overview", "/admin/rules")) {
                var answer = closed.send(closed.adminRequest(path).GET());
                assertThat(answer.statusCode()).as(path).isEqualTo(404);
            }
            var signIn = closed.send(closed.adminRequest("/admin/session").POST(BodyPublishers.noBody()));
            assertThat(signIn.statusCode()).isEqualTo(404);
            assertThat(signIn.headers().firstValue("Set-Cookie")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /admin/overview",
        "POST, /admin/leads",
        "GET, /admin/rules",
        "POST, /admin/session",
        "DELETE, /admin/session"
    })
    @Tag("invariant-12")
    void nobodyGetsInWithoutTokenOrSession(String method, String path) {
        var without = product.send(request(path).method(method, BodyPublishers.noBody()));
        var madeUp = product.send(request(path)
                .header("Cookie", "leadroutes_session=AAAA")
                .header("Sec-Fetch-Site", "same-origin")
                .method(method, BodyPublishers.noBody()));

        assertThat(without.statusCode()).isEqualTo(401);
        assertThat(madeUp.statusCode()).isEqualTo(401);
        assertThat(without.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    @Tag("invariant-12")
    void theCookieHoldsARandomIdThatNoScriptCanReadAndNoOtherSiteCanSend() {
        String first = signIn("http://127.0.0.1");
        String second = signIn("http://127.0.0.1");

        assertThat(first)
                .matches("leadroutes_session=[A-Za-z0-9_-]{43}; Path=/admin; Max-Age=43200; HttpOnly; SameSite=Strict")
                .doesNotContain(Product.ADMIN_TOKEN);
        assertThat(second).isNotEqualTo(first);
        assertThat(signIn("https://ops.example")).endsWith("; Secure");
    }

    @Test
    void aSessionReadsAndWritesUntilSignOut() {
        String cookie = session();

        assertThat(withCookie(cookie, "/admin/overview").statusCode()).isEqualTo(200);
        assertThat(withCookie(cookie, "/admin/status").statusCode()).isEqualTo(200);
        assertThat(write(cookie, "Sec-Fetch-Site", "same-origin").statusCode()).isEqualTo(404);
        var out = product.send(request("/admin/session")
                .header("Cookie", cookie)
                .header("Sec-Fetch-Site", "same-origin")
                .DELETE());

        assertThat(out.statusCode()).isEqualTo(200);
        assertThat(out.headers().firstValue("Set-Cookie").orElse(""))
                .startsWith("leadroutes_session=; Path=/admin; Max-Age=0;");
        assertThat(withCookie(cookie, "/admin/overview").statusCode()).isEqualTo(401);
    }

    @Test
    void whatAnotherPageAsksWithTheCookieIsRefused() {
        String cookie = session();
        String own = "http://127.0.0.1:" + product.runtime().httpPort();

        for (String site : List.of("cross-site", "same-site", "none", "")) {
            assertThat(write(cookie, "Sec-Fetch-Site", site).statusCode())
                    .as(site)
                    .isEqualTo(403);
        }
        for (String origin : List.of("http://evil.example", own + ".evil.example", own + "0", "null")) {
            assertThat(write(cookie, "Origin", origin).statusCode()).as(origin).isEqualTo(403);
        }
        assertThat(write(cookie, "X-Nothing", "1").statusCode()).isEqualTo(403);
        assertThat(write(cookie, "Origin", own).statusCode())
                .as("not found, but let in")
                .isEqualTo(404);
        assertThat(product.send(product.adminRequest("/admin/dead/wish-0/retry").POST(BodyPublishers.noBody()))
                        .statusCode())
                .as("the command line needs no origin")
                .isEqualTo(404);
    }

    @Test
    void aWrongTokenIsNotHelpedByASession() {
        var answer = product.send(request("/admin/session")
                .header("Cookie", session())
                .header("Sec-Fetch-Site", "same-origin")
                .header("Authorization", "Bearer wrong")
                .POST(BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @Test
    void aSessionThatIsNotUsedEndsAndSoDoesOneThatIs() {
        String idle = session();
        String used = session();

        CLOCK.jump(Duration.ofMinutes(20));
        assertThat(withCookie(used, "/admin/overview").statusCode()).isEqualTo(200);
        CLOCK.jump(Duration.ofMinutes(20));

        assertThat(withCookie(idle, "/admin/overview").statusCode()).isEqualTo(401);
        for (int i = 0; i < 34; i++) {
            assertThat(withCookie(used, "/admin/overview").statusCode())
                    .as("round " + i)
                    .isEqualTo(200);
            CLOCK.jump(Duration.ofMinutes(20));
        }
        assertThat(withCookie(used, "/admin/overview").statusCode()).isEqualTo(401);
    }

    @Test
    void soManySessionsAreKept() {
        String first = session();
        for (int i = 0; i < 99; i++) {
            session();
        }
        assertThat(withCookie(first, "/admin/overview").statusCode()).isEqualTo(200);

        String second = session();
        for (int i = 0; i < 100; i++) {
            session();
        }

        assertThat(withCookie(first, "/admin/overview").statusCode()).isEqualTo(401);
        assertThat(withCookie(second, "/admin/overview").statusCode()).isEqualTo(401);
    }

    @Test
    @Tag("invariant-11")
    void aConversationShowsWhatWasWrittenInIt() {
        long id = write("Ada Told", "Is there an enterprise plan?");

        JsonNode message =
                product.admin("/admin/conversations/" + id).path("messages").path(0);

        assertThat(message.path("from").asText()).isEqualTo("customer");
        assertThat(message.path("text").asText()).isEqualTo("Is there an enterprise plan?");
        JsonNode entry = product.admin("/admin/conversations/" + id)
                .path("score_entries")
                .path(0);
        assertThat(entry.path("message_id").asLong())
                .isEqualTo(message.path("message_id").asLong());
    }

    @Test
    void theOverviewTellsWhatFailsAndWhatCame() {
        product.sandbox().failNext(1, Fault.status(422, "{\"error\":\"no\"}"), call -> call.is("POST", "/labels"));
        long id = write("Ben Failed", "a bug");

        JsonNode overview = product.admin("/admin/overview");

        assertThat(overview.path("dead")).anySatisfy(letters -> {
            assertThat(letters.path("queue").asText()).isEqualTo("wish");
            assertThat(letters.path("reason").asText()).isEqualTo("chatwoot-422");
            assertThat(letters.path("count").asInt()).isPositive();
        });
        assertThat(overview.path("events"))
                .extracting(event -> event.path("conversation_id").asLong())
                .contains(id);
        assertThat(overview.path("chatwoot").path("limit").asInt()).isEqualTo(3000);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(product.admin("/admin/overview").path("history"))
                        .isNotEmpty());
    }

    @Test
    void leadsAreFoundByNameAndNumber() {
        long id = write("Zoë Leadham", "An enterprise has a budget and wants a demo");
        write("Yan Nolead", "a bug");

        assertThat(leads(""))
                .extracting(lead -> lead.path("conversation_id").asLong())
                .contains(id);
        assertThat(leads("zoë LEAD"))
                .extracting(lead -> lead.path("conversation_id").asLong())
                .containsExactly(id);
        assertThat(leads(Long.toString(id)))
                .extracting(lead -> lead.path("conversation_id").asLong())
                .contains(id);
        assertThat(leads("nolead")).isEmpty();
        assertThat(leads("identifier")).as("a key of what is stored is no name").isEmpty();
        assertThat(leads("%")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"search\":7}", "{\"search\":null}"})
    void aSearchThatIsNotUnderstoodIsRefused(String body) {
        assertThat(search(body).statusCode()).isEqualTo(400);
    }

    @Test
    void aSearchIsNotLongerThanAName() {
        assertThat(search("{\"search\":\"" + "x".repeat(100) + "\"}").statusCode())
                .isEqualTo(200);
        assertThat(search("{\"search\":\"" + "x".repeat(101) + "\"}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void rulesAreShownWithTheirHits() {
        write("Cy Counted", "How much is the enterprise plan?");

        JsonNode rules = product.admin("/admin/rules");

        assertThat(rules.path("rules").findValuesAsText("kind")).contains("tag", "score", "qualify", "escalate");
        assertThat(rules.path("rules")).anySatisfy(rule -> {
            assertThat(rule.path("id").asText()).isEqualTo("pricing-inquiry");
            assertThat(rule.path("words")).extracting(JsonNode::asText).contains("how much");
        });
        assertThat(rules.path("hits").path("wishes").path("pricing-inquiry").asInt())
                .isPositive();
        assertThat(rules.path("hits").path("scores").path("enterprise").asInt()).isPositive();
    }

    private static Iterable<JsonNode> leads(String search) {
        return Product.json(search("{\"search\":\"" + search + "\"}"));
    }

    private static HttpResponse<String> search(String body) {
        return product.send(product.adminRequest("/admin/leads").POST(BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> write(String cookie, String header, String value) {
        return product.send(request("/admin/dead/wish-0/retry")
                .header("Cookie", cookie)
                .header(header, value)
                .POST(BodyPublishers.noBody()));
    }

    private static String session() {
        return signIn("http://127.0.0.1").replaceFirst(";.*", "");
    }

    private static String signIn(String origin) {
        var answer = product.send(
                product.adminRequest("/admin/session").header("Origin", origin).POST(BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.headers().firstValue("Set-Cookie").orElseThrow();
    }

    private static HttpResponse<String> withCookie(String cookie, String path) {
        return product.send(request(path).header("Cookie", cookie).GET());
    }

    private static HttpResponse<String> get(String path) {
        return product.send(request(path).GET());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + product.runtime().httpPort() + path));
    }

    private static long write(String contact, String text) {
        long id = product.conversation(contact);
        product.sandbox().customerWrites(id, text);
        product.settle();
        return id;
    }
}
