package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks of SECURITY.md on the whole product that have no test of their own elsewhere. */
class AttacksTest {
    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start() {
        product = Product.connected(SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "3000"));
        sandbox = product.sandbox();
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    @Tag("attack-03")
    void aRecordedDeliveryHasOneEffectAgainAndUnderAnotherIdAndAfterARestart() {
        String url = "jdbc:h2:mem:replay-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        String body = Product.body("14-message_created");
        try (SandboxChatwoot other = SandboxChatwoot.builder().autoCreate().start()) {
            for (int run = 0; run < 2; run++) {
                Product replayed = Product.beside(other, Map.of("database.url", url), Clock.systemUTC());
                replayed.post(body, "recorded");
                replayed.post(body, "recorded");
                replayed.post(body, "another-" + run);
                replayed.settle();

                assertThat(replayed.own("SELECT id FROM webhook_event"))
                        .as("run " + run)
                        .hasSize(1);
                replayed.stop();
            }
        }
    }

    @ParameterizedTest
    @Tag("attack-13")
    @ValueSource(ints = {301, 302, 307, 308})
    void aRedirectIsNotFollowed(int status) throws IOException {
        AtomicInteger trapped = new AtomicInteger();
        HttpServer trap = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        trap.createContext("/", exchange -> {
            trapped.incrementAndGet();
            exchange.close();
        });
        trap.start();
        try {
            String location = "http://127.0.0.1:" + trap.getAddress().getPort() + "/latest/meta-data";
            sandbox.failNext(1, Fault.status(status, "", Map.of("Location", location)), call -> true);
            long id = product.conversation("Rae Directed " + status);
            sandbox.customerWrites(id, "a bug");
            product.settle();

            assertThat(trapped).as("requests that followed").hasValue(0);
            assertThat(sandbox.conversation(id).labels()).contains("technical-issue");
        } finally {
            trap.stop(0);
        }
    }

    @ParameterizedTest
    @Tag("attack-13")
    @ValueSource(
            strings = {
                "1/../../x",
                "1%2f..%2fx",
                "1%2e%2e",
                "%EF%BC%91%EF%BC%92",
                "1e9",
                "-1",
                "0x1",
                "1;x",
                "9007199254740993000"
            })
    void anIdThatIsNoNumberReachesNothing(String id) {
        int before = sandbox.calls(call -> true).size();

        for (String path : List.of("/admin/conversations/", "/admin/dead/", "/admin/forget/")) {
            var answer = product.send(product.adminRequest(path + id).GET());
            assertThat(answer.statusCode()).as(path + id).isIn(400, 404, 405);
        }
        assertThat(sandbox.calls(call -> true)).hasSize(before);
    }

    @Test
    @Tag("attack-14")
    void anotherAccountUnderAValidSignatureLeavesNothingBehind() {
        int before = product.own("SELECT id FROM webhook_event").size();

        for (String account : List.of("\"account\":{\"id\":8}", "\"messages\":[{\"account_id\":8}]")) {
            var answer = product.post("{\"event\":\"conversation_updated\",\"id\":5," + account + "}");
            assertThat(answer.statusCode()).as(account).isEqualTo(403);
        }
        assertThat(product.own("SELECT id FROM webhook_event")).hasSize(before);
    }

    @Test
    @Tag("attack-17")
    void aLogLineStaysOneLineWhateverIsInIt() throws IOException {
        Properties config = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("src/main/resources/log4j2.properties"))) {
            config.load(reader);
        }
        PatternLayout layout = PatternLayout.newBuilder()
                .withPattern(config.getProperty("appender.console.layout.pattern"))
                .build();

        String line = layout.toSerializable(Log4jLogEvent.newBuilder()
                .setLoggerName("a")
                .setLevel(Level.INFO)
                .setMessage(new SimpleMessage(
                        "x\r\n2026 ERROR forged\u001b[31m\u0000\u0085\u2028\u2029\u202etxt\u2066\u200b\ufeff\u0007 y"))
                .build());

        assertThat(line).endsWith("\n").contains("x  2026 ERROR forged", "txt", " y");
        assertThat(line.strip()).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
    }

    @Test
    @Tag("attack-22")
    void noAnswerIsAPageNorForPagesOfOthers() {
        long id = product.conversation("<img src=x onerror=alert(1)>");
        sandbox.customerWrites(id, "<script>alert(1)</script> a bug");
        product.settle();
        String main = "http://127.0.0.1:" + product.runtime().httpPort();
        String management = "http://127.0.0.1:" + product.runtime().managementPort();

        for (String address : List.of(
                main + "/admin/conversations/" + id,
                main + "/admin/status",
                main + "/admin/unknown",
                main + "/webhooks/chatwoot",
                main + "/<script>".replace("<", "%3C").replace(">", "%3E"),
                management + "/observe/health",
                management + "/observe/metrics",
                management + "/nowhere")) {
            for (String method : List.of("GET", "OPTIONS")) {
                HttpResponse<String> answer = product.send(HttpRequest.newBuilder(URI.create(address))
                        .header("Authorization", "Bearer " + Product.ADMIN_TOKEN)
                        .header("Origin", "https://evil.example")
                        .header("Access-Control-Request-Method", "POST")
                        .method(method, BodyPublishers.noBody()));

                assertThat(answer.headers().map())
                        .as(method + " " + address)
                        .containsEntry("x-content-type-options", List.of("nosniff"))
                        .containsEntry("content-security-policy", List.of("default-src 'none'; frame-ancestors 'none'"))
                        .containsEntry("cache-control", List.of("no-store"))
                        .containsEntry("referrer-policy", List.of("no-referrer"))
                        .doesNotContainKeys("access-control-allow-origin", "access-control-allow-methods", "server");
                if (answer.body().contains("alert(1)")) {
                    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
                }
            }
        }
    }

    @Test
    @Tag("attack-23")
    void healthAndMetricsAreOnLoopbackUnlessToldOtherwise() throws IOException {
        int port = product.runtime().managementPort();

        new Socket("127.0.0.1", port).close();
        // Another address of this machine, as the network's would be.
        assertThatThrownBy(() -> new Socket("127.0.0.2", port).close()).isInstanceOf(ConnectException.class);
        try (Product open = Product.alone(SandboxChatwoot.builder(), Map.of("camel.management.host", "0.0.0.0"))) {
            new Socket("127.0.0.2", open.runtime().managementPort()).close();
        }
    }

    @Test
    @Tag("attack-28")
    void aServerWhoseCertificateNobodyVouchesForGetsNoRequest(@TempDir Path folder) throws Exception {
        AtomicInteger requests = new AtomicInteger();

        assertThat(errorOfCallOverTls(keys(folder, "localhost"), requests)).contains("SSLHandshakeException");

        assertThat(requests).as("requests that got through").hasValue(0);
    }

    @ParameterizedTest
    @Tag("attack-28")
    @CsvSource({"chat.example, 0, SSLPeerUnverifiedException", "localhost, 1, 418"})
    void aServerWithTheCertificateOfAnotherNameGetsNoRequest(
            String name, int expected, String error, @TempDir Path folder) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        KeyStore keys = keys(folder, name);
        KeyStore vouched = KeyStore.getInstance("PKCS12");
        vouched.load(null, null);
        vouched.setCertificateEntry("server", keys.getCertificate("mykey"));
        Path trusted = folder.resolve("trusted.p12");
        try (OutputStream out = Files.newOutputStream(trusted)) {
            vouched.store(out, "changeit".toCharArray());
        }
        System.setProperty("javax.net.ssl.trustStore", trusted.toString());
        System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
        try {
            assertThat(errorOfCallOverTls(keys, requests)).contains(error);
        } finally {
            System.clearProperty("javax.net.ssl.trustStore");
            System.clearProperty("javax.net.ssl.trustStorePassword");
        }

        assertThat(Integer.signum(requests.get()))
                .as("requests that got through")
                .isEqualTo(expected);
    }

    /** What is told of a write to a Chatwoot with this key, that is here and answers whatever gets through with 418. */
    private static String errorOfCallOverTls(KeyStore keys, AtomicInteger requests) throws Exception {
        HttpsServer server = httpsServer(keys, requests);
        try (Product careful = Product.alone(
                SandboxChatwoot.builder(),
                Map.of(
                        "chatwoot.base-url",
                        "https://localhost:" + server.getAddress().getPort()))) {
            careful.post("{\"event\":\"message_created\",\"id\":1,\"content\":\"a bug\",\"message_type\":\"incoming\","
                    + "\"conversation\":{\"id\":900},\"sender\":{\"id\":5,\"type\":\"contact\",\"name\":\"Ada\"}}");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> careful.wish(900, "labels").path("error").isTextual());
            return careful.wish(900, "labels").path("error").asText();
        } finally {
            server.stop(0);
        }
    }

    private static KeyStore keys(Path folder, String name) throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=dns:" + name,
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .start();
        assertThat(keytool.waitFor()).isZero();
        return KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
    }

    private static HttpsServer httpsServer(KeyStore store, AtomicInteger requests) throws Exception {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(418, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Camel and HttpClient check host names unless told otherwise. */
    @Test
    @Tag("attack-28")
    void nothingSwitchesTheChecksOfCertificatesOff() throws IOException {
        try (Stream<Path> files = Stream.of("src/main", "routes", "application.properties")
                .map(Path::of)
                .flatMap(AttacksTest::below)) {
            assertThat(files).isNotEmpty().allSatisfy(file -> assertThat(Files.readString(file))
                    .doesNotContainIgnoringCase("NoopHostnameVerifier")
                    .doesNotContainIgnoringCase("hostnameVerifier")
                    .doesNotContainIgnoringCase("trustAll")
                    .doesNotContainIgnoringCase("loadTrustMaterial")
                    .doesNotContainIgnoringCase("TrustStrategy")
                    .doesNotContainIgnoringCase("X509TrustManager"));
        }
    }

    private static Stream<Path> below(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By number or by name, this machine itself is as safe as https is. */
    @ParameterizedTest
    @Tag("attack-28")
    @CsvSource({"http://chat.example, 1", "https://chat.example, 0", "http://127.0.0.1:9, 0"})
    void whoLetsTheTokenBeReadOnItsWayIsToldAtStart(String address, int told) {
        try (Warnings warnings = new Warnings()) {
            Product.alone(SandboxChatwoot.builder(), Map.of("chatwoot.base-url", address))
                    .close();

            assertThat(warnings.told)
                    .filteredOn(warning -> warning.startsWith("chatwoot.base-url is http"))
                    .hasSize(told);
        }
    }

    /** What the product warns of, from now on. */
    private static final class Warnings extends AbstractAppender implements AutoCloseable {
        private final Queue<String> told = new ConcurrentLinkedQueue<>();
        private final LoggerContext logging = (LoggerContext) LogManager.getContext(false);

        Warnings() {
            super("warnings", null, null, true, Property.EMPTY_ARRAY);
            start();
            logging.getConfiguration().getRootLogger().addAppender(this, Level.WARN, null);
            logging.updateLoggers();
        }

        @Override
        public void append(LogEvent event) {
            told.add(event.getMessage().getFormattedMessage());
        }

        @Override
        public void close() {
            logging.getConfiguration().getRootLogger().removeAppender(getName());
            logging.updateLoggers();
        }
    }

    @ParameterizedTest
    @Tag("attack-24")
    @ValueSource(
            strings = {
                "${bean:inbox?method=close}",
                "${sys:user.home}${env:PATH}",
                "$simple{exchangeId}",
                "#{T(java.lang.Runtime).getRuntime().exec('id')}",
                "{{chatwoot.api-token}}",
                "{{?env:PATH}}",
                "${jndi:ldap://127.0.0.1:9/a}",
                "%{(#a=1)}",
                ":?name :#name"
            })
    void textIsNeverAnExpression(String text) {
        long id = sandbox.addConversation(sandbox.addContact(text, "expression@harborpine.example"));
        sandbox.customerWrites(id, text + " An enterprise with a budget wants a demo");
        product.settle();

        assertThat(product.lead(id))
                .containsEntry("name", text)
                .containsEntry("first_message", text + " An enterprise with a budget wants a demo");
        assertThat(sandbox.conversation(id).notes().toString())
                .doesNotContain(sandbox.apiToken(), System.getProperty("user.home"), "uid=");
    }
}
