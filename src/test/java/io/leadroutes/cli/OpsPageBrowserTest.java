package io.leadroutes.cli;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.AxeResults;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.leadroutes.ops.LastHour;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page at /admin in a real browser. Skipped, saying so, where there is no Chromium. */
class OpsPageBrowserTest {
    private static final List<Path> CHROMIUMS = Stream.of(
                    "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .toList();
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    private static final double PATIENCE_MS = 15_000;

    /** What runs if a text becomes markup, an attribute, an address or a script. */
    private static final List<String> CORPUS = List.of(
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "\"><details open ontoggle=alert(1)>",
            "'-alert(1)-'",
            "</title></textarea></style><iframe srcdoc='<script>parent.alert(1)</script>'>",
            "javascript:alert(1)",
            "{{constructor.constructor('alert(1)')()}}${alert(1)}`",
            "<a href=\"javascript:alert(1)\" autofocus onfocus=alert(1)>",
            "<math><mtext></mtext><mglyph><style><!--</style><img title=\"--&gt;&lt;img src onerror=alert(1)&gt;\">",
            "\u202e<b onmouseover=alert(1)>\u2028alert(1)");

    @TempDir
    private static Path rules;

    private static final JumpingClock CLOCK = new JumpingClock();
    private static Product product;
    private static Playwright playwright;
    private static Browser browser;
    private static long lead;
    private static long churn;

    private BrowserContext context;
    private Page page;
    private final List<String> complaints = new ArrayList<>();

    @BeforeAll
    static void start() {
        Path chromium = CHROMIUMS.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> abort("there is no Chromium here; the page is not tried in a browser"));
        // The sandbox signs by a clock of its own.
        product = Product.connected(
                SandboxChatwoot.builder(),
                Map.of("chatwoot.rate-limit", "1200", "webhook.auth", "none", "rules.file", rulesThatExtract()),
                CLOCK);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(chromium)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--no-first-run")));
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
        aDay();
    }

    @AfterAll
    static void stop() {
        Stream.of(browser, playwright, product)
                .filter(started -> started != null)
                .forEach(OpsPageBrowserTest::close);
    }

    private static void close(AutoCloseable started) {
        try {
            started.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The shipped rules, and one for an attribute. */
    private static String rulesThatExtract() {
        try {
            return Files.writeString(rules.resolve("rules.yaml"), Files.readString(Path.of("rules.yaml")) + """
                    extract:
                      - {id: size, attribute: company_size, type: number, regex: ['(?P<value>\\S+) employees']}
                    """)
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Some of everything, over three quarters of an hour. */
    private static void aDay() {
        SandboxChatwoot sandbox = product.sandbox();
        lead = write("Zoë Leadham", "Hello! We are an enterprise with a budget of 50,000.");
        passTime(60);
        sandbox.agentReplies(lead, "Thank you. What do you need?");
        sandbox.customerWrites(lead, "How much is it for a team of 80, and can we have a demo?");
        product.settle();
        passTime(60);
        churn = write("Bram Verlaat", "Our enterprise team is unhappy.\nPlease cancel the subscription and refund us.");
        refused("Cy Dropped", 422);
        refused("Dee Renamed", 404);
        for (int i = 0; i < 12; i++) {
            write("Guest Number " + i, i % 3 == 0 ? "What is the price?" : "It shows an error");
            passTime(12);
        }
    }

    private static void passTime(int steps) {
        LastHour history = product.runtime().camel().getRegistry().lookupByNameAndType("opsHistory", LastHour.class);
        for (int i = 0; i < steps; i++) {
            CLOCK.jump(Duration.ofSeconds(10));
            history.note();
        }
    }

    private static long refused(String contact, int status) {
        product.sandbox().failNext(1, Fault.status(status, "{\"error\":\"no\"}"), call -> call.is("POST", "/labels"));
        return write(contact, "a bug");
    }

    private static long write(String contact, String text) {
        long id = product.conversation(contact);
        product.sandbox().customerWrites(id, text);
        product.settle();
        return id;
    }

    @BeforeEach
    void open() {
        open(new NewContextOptions());
    }

    private void open(NewContextOptions options) {
        context = browser.newContext(options.setLocale("en-GB").setTimezoneId("UTC"));
        context.setDefaultTimeout(PATIENCE_MS);
        page = context.newPage();
        page.onDialog(dialog -> {
            complaints.add("dialog: " + dialog.message());
            dialog.dismiss();
        });
        page.onPageError(error -> complaints.add("error: " + error));
        page.onConsoleMessage(message -> {
            // The browser itself tells of each answer that is an error, such as the 401 before the sign-in.
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                complaints.add(message.text());
            }
        });
    }

    @AfterEach
    void nothingWentWrong() {
        context.close();
        product.sandbox().clearFaults();
        assertThat(complaints)
                .as("dialogs, script errors, breaches of the policy")
                .isEmpty();
    }

    private void reopen(NewContextOptions options) {
        context.close();
        open(options);
    }

    private void signIn() {
        page.navigate("http://127.0.0.1:" + product.runtime().httpPort() + "/admin");
        page.getByLabel("Admin token").fill(Product.ADMIN_TOKEN);
        page.keyboard().press("Enter");
        assertThat(heading("Overview")).isVisible();
    }

    private Locator heading(String text) {
        return page.getByRole(
                AriaRole.HEADING, new GetByRoleOptions().setName(text).setExact(true));
    }

    private Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
    }

    private Locator region(String name) {
        return page.getByRole(
                AriaRole.REGION, new GetByRoleOptions().setName(name).setExact(true));
    }

    private void go(String hash) {
        page.evaluate("hash => { location.hash = hash; }", hash);
        page.waitForFunction("() => document.querySelectorAll('main h1').length === 1");
    }

    /** The view with all its data. */
    private void goAndWait(String hash) {
        go(hash);
        assertThat(page.locator(READY.get(hash.replaceFirst("/\\d+$", "/"))).first())
                .isVisible();
    }

    private static final Map<String, String> READY = Map.of(
            "#/overview", "td >> text=message_created",
            "#/conversations/", ".timeline mark",
            "#/leads", "td >> text=Zoë",
            "#/dead", "td button",
            "#/rules", "td >> text=pricing-inquiry");

    @Test
    @Tag("invariant-12")
    void theTokenSignsInAndIsNotKeptInTheBrowser() {
        page.navigate("http://127.0.0.1:" + product.runtime().httpPort() + "/admin");
        page.getByLabel("Admin token").fill("wrong");
        button("Sign in").click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("not the admin token");

        signIn();

        assertThat(page.evaluate("() => JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])"))
                .isEqualTo("[\"\",{},{}]");
        assertThat(context.cookies()).singleElement().satisfies(cookie -> {
            assertThat(cookie.httpOnly).isTrue();
            assertThat(cookie.value).doesNotContain(Product.ADMIN_TOKEN);
        });
        page.reload();
        assertThat(heading("Overview")).isVisible();
        button("Sign out").click();
        assertThat(heading("Sign in")).isVisible();
        page.reload();
        assertThat(heading("Sign in")).isVisible();
    }

    @Test
    @Tag("invariant-11")
    void anEventArrivesAndIsExplained() {
        signIn();

        long id = product.conversation("Ada Watched");
        product.sandbox().customerWrites(id, "A steam team? No. Our enterprise needs a <price> list.");
        Locator row = region("The events that came last")
                .getByRole(AriaRole.ROW)
                .filter(new Locator.FilterOptions().setHasText(Long.toString(id)));
        assertThat(row.filter(new Locator.FilterOptions().setHasText("done")).first())
                .isVisible();
        row.getByRole(AriaRole.LINK).first().click();

        assertThat(heading("Conversation " + id)).isVisible();
        assertThat(page.locator(".timeline mark")).hasText(new String[] {"team", "enterprise", "price"});
        assertThat(page.locator(".said")).containsText("Our enterprise needs a <price> list.");
        assertThat(page.locator(".met")).containsText("enterprise (+30)");
        assertThat(region("Score ledger").getByRole(AriaRole.CELL).last()).hasText("30");
        Locator labels =
                region("Wishes").getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("labels"));
        assertThat(labels.first()).containsText("pricing-inquiry: price");
        assertThat(labels.first()).containsText("set-labels: 200");
    }

    @Test
    @Tag("invariant-11")
    void theLedgerIsARunningSum() {
        signIn();
        goAndWait("#/conversations/" + lead);

        List<String> sums = region("Score ledger").locator("td:last-child").allTextContents();

        int score = product.admin("/admin/conversations/" + lead).path("score").asInt();
        assertThat(sums).hasSizeGreaterThan(2).last().isEqualTo(Integer.toString(score));
        assertThat(sums.stream().map(Integer::valueOf).toList()).isSorted();
    }

    @Test
    @Tag("invariant-11")
    void aValueThatWasNotSetSaysWhy() {
        long id = write("Gus Sized", "We have many employees");
        signIn();

        go("#/conversations/" + id);

        assertThat(region("Values not set").getByRole(AriaRole.ROW).last())
                .containsText("company_sizesize\"many\"; expected a number");
        go("#/conversations/" + lead);
        assertThat(heading("Conversation " + lead)).isVisible();
        assertThat(heading("Values that were not set")).isHidden();
    }

    @Test
    @Tag("invariant-9")
    void aDeadLetterIsTriedAgainAndAnotherDropped() {
        long id = refused("Eve Retried", 422);
        long other = refused("Fay Dropped", 422);
        String letter = letter(id);
        String dropped = letter(other);
        signIn();
        goAndWait("#/dead");

        button("Retry " + letter).focus();
        page.keyboard().press("Enter");

        assertThat(page.locator("#told")).hasText(letter + " is tried again.");
        assertThat(button("Retry " + letter)).hasCount(0);
        product.settle();
        assertThat(product.sandbox().conversation(id).labels()).containsExactly("technical-issue");

        button("Drop " + dropped).click();
        button("Cancel").click();
        assertThat(button("Drop " + dropped)).isVisible();
        button("Drop " + dropped).click();
        button("Drop").click();
        assertThat(page.locator("#told")).hasText(dropped + " is dropped.");
        assertThat(button("Drop " + dropped)).hasCount(0);
        assertThat(product.sandbox().conversation(other).labels()).isEmpty();
    }

    private static String letter(long conversation) {
        return product.admin("/admin/dead?conversation=" + conversation)
                .path(0)
                .path("id")
                .asText();
    }

    @Test
    void whatFailsLeadsToItsDeadLetters() {
        refused("Hal Failing", 418);
        signIn();

        page.getByText("1 dead wish: chatwoot-418").click();

        assertThat(heading("Dead letters")).isVisible();
        button("Retry all of these").click();
        assertThat(page.locator("#told")).hasText("All are tried again.");
        assertThat(page.getByText("There are none.")).isVisible();
    }

    @Test
    void aTextIsTried() {
        signIn();
        goAndWait("#/rules");

        page.getByLabel("What a customer writes").fill("Our enterprise has a budget and wants a demo");
        button("Try").click();

        assertThat(page.locator("mark")).hasText(new String[] {"enterprise", "budget", "demo"});
        assertThat(page.locator("[role=status] dl")).containsText("75");
        assertThat(region("Rules that the text meets")).containsText("sales-qualified");
    }

    @Test
    void leadsAreFound() {
        signIn();
        goAndWait("#/leads");

        page.getByLabel("Name, e-mail, phone or number").fill("zoë");
        page.keyboard().press("Enter");

        assertThat(region("Leads").locator("tbody tr")).hasCount(1);
        page.getByLabel("Name, e-mail, phone or number").fill("nobody");
        page.keyboard().press("Enter");
        assertThat(page.getByText("No lead is like that.")).isVisible();
    }

    @Test
    void theKeyboardReachesEverything() {
        page.navigate("http://127.0.0.1:" + product.runtime().httpPort() + "/admin");
        assertThat(page.getByLabel("Admin token")).isFocused();
        page.keyboard().type(Product.ADMIN_TOKEN);
        page.keyboard().press("Enter");
        assertThat(heading("Overview")).isVisible();
        page.reload();
        assertThat(page.locator("td >> text=message_created").first()).isVisible();

        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            page.keyboard().press("Tab");
            reached.add((String) page.evaluate("() => document.activeElement.textContent"));
        }

        assertThat(reached)
                .startsWith(
                        "Skip to the content",
                        "Overview",
                        "Conversation",
                        "Leads",
                        "Dead letters",
                        "Rules",
                        "Sign out");
        page.keyboard().press("Home");
        button("Skip to the content").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("#main")).isFocused();
    }

    @Test
    void theFocusStaysWhereItIsWhileTheListChanges() {
        long id = write("Gil Focused", "hello");
        signIn();
        Locator link = page.locator("td a[href='#/conversations/" + id + "']").first();
        link.focus();

        long next = write("Hal Later", "hello");

        assertThat(page.locator("td a[href='#/conversations/" + next + "']").first())
                .isVisible();
        assertThat(link).isFocused();
    }

    @Test
    @Tag("invariant-12")
    @Tag("attack-22")
    void nothingThatACustomerTypedRuns() {
        SandboxChatwoot sandbox = product.sandbox();
        List<Long> conversations = new ArrayList<>();
        for (String attack : CORPUS) {
            long contact = sandbox.addContact(attack, "x" + conversations.size() + "@harborpine.example");
            long id = sandbox.addConversation(contact);
            sandbox.failNext(1, Fault.status(422, attack), call -> call.is("POST", "/labels"));
            sandbox.agentSetsLabels(id, attack.replace(",", ""));
            sandbox.customerWrites(id, attack + " enterprise budget demo bug " + attack);
            conversations.add(id);
        }
        product.settle();
        signIn();

        for (int i = 0; i < CORPUS.size(); i++) {
            go("#/conversations/" + conversations.get(i));
            assertThat(page.locator(".timeline mark").first()).isVisible();
            String attack = CORPUS.get(i);
            assertThat(page.locator(".said").allTextContents()).anyMatch(said -> said.startsWith(attack));
        }
        goAndWait("#/leads");
        goAndWait("#/dead");
        goAndWait("#/overview");
        goAndWait("#/rules");
        for (String attack : CORPUS) {
            page.getByLabel("What a customer writes").fill(attack + " price");
            button("Try").click();
            assertThat(page.locator("mark").first()).isVisible();
        }
        for (String attack : CORPUS) {
            page.navigate("http://127.0.0.1:" + product.runtime().httpPort() + "/admin#/dead?reason="
                    + URLEncoder.encode(attack, StandardCharsets.UTF_8));
            assertThat(page.locator("h1").first()).isVisible();
        }

        assertThat(page.locator("main script, main img, main iframe, main svg, main details")
                        .count())
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void nothingSeriousIsInTheWayOfAnybody(ColorScheme scheme) {
        // The policy of the page would keep axe out.
        reopen(new NewContextOptions().setColorScheme(scheme).setBypassCSP(true));
        page.navigate("http://127.0.0.1:" + product.runtime().httpPort() + "/admin");
        assertThat(page.getByLabel("Admin token")).isVisible();
        assertThat(serious()).as("sign-in").isEmpty();
        signIn();

        for (String view : List.of("#/overview", "#/conversations/" + lead, "#/leads", "#/dead", "#/rules")) {
            goAndWait(view);
            assertThat(serious()).as(view).isEmpty();
        }
    }

    private List<String> serious() {
        AxeResults results = new AxeBuilder(page).analyze();
        // Of what has the colour of its background axe does not say whether it is meant to be seen.
        Stream<String> unseen = results.getIncomplete().stream()
                .filter(rule -> rule.getId().equals("color-contrast"))
                .map(OpsPageBrowserTest::told)
                .filter(told -> told.contains("1:1"));
        Stream<String> violations = results.getViolations().stream()
                .filter(rule -> List.of("serious", "critical").contains(rule.getImpact()))
                .map(OpsPageBrowserTest::told);
        return Stream.concat(unseen, violations).toList();
    }

    private static String told(Rule rule) {
        return rule.getId() + ": "
                + rule.getNodes().stream()
                        .map(node -> node.getTarget() + " " + node.getFailureSummary())
                        .collect(Collectors.joining("; "));
    }

    @ParameterizedTest
    @CsvSource({"light, LIGHT, 1280, 900", "dark, DARK, 1280, 900", "phone, LIGHT, 390, 844"})
    void eachPageIsPictured(String name, ColorScheme scheme, int width, int height) {
        reopen(new NewContextOptions().setColorScheme(scheme).setViewportSize(width, height));
        page.navigate("http://127.0.0.1:" + product.runtime().httpPort() + "/admin");
        assertThat(page.getByLabel("Admin token")).isVisible();
        picture("sign-in-" + name);
        signIn();
        for (String view :
                List.of("#/overview", "#/conversations/" + lead, "#/conversations/" + churn, "#/leads", "#/dead")) {
            goAndWait(view);
            picture(view.replaceAll("[^a-z0-9]+", "-").substring(1) + "-" + name);
        }
        goAndWait("#/rules");
        page.getByLabel("What a customer writes").fill("Our enterprise has a budget and wants a demo");
        button("Try").click();
        assertThat(page.locator("mark").first()).isVisible();
        picture("rules-" + name);
    }

    private void picture(String name) {
        Path file = SCREENSHOTS.resolve(name + ".png");
        page.screenshot(new ScreenshotOptions().setPath(file).setFullPage(true));
        assertThat(file).isNotEmptyFile();
        assertThat((boolean) page.evaluate(
                        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .as("%s is not wider than the window", name)
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a-b a.b (a) [x] \\d", "ünïcode straße", "\ud83d\ude80 go"})
    void wordsAreMarkedWhereTheyStandAsWholeWords(String words) {
        signIn();

        Object places = page.evaluate(
                "async words => (await import('/admin/page/elements.js')).places("
                        + "`x${words.split(' ')[0]} ${words}`, [words])",
                words);

        int from = words.split(" ")[0].length() + 2;
        assertThat(places).isEqualTo(List.of(List.of(from, from + words.length())));
    }
}
