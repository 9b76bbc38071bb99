package io.leadroutes.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.leadroutes.sandbox.Rows.Agent;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side: records each call, counts it against the rate, lets faults have it, checks the token, finds the handler
 * and answers.
 */
final class ApiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final Pattern ACCOUNT_PATH = Pattern.compile("/api/v1/accounts/(\\d{1,18})(/.*)");
    private static final int NOT_ANSWERED = 0;

    static {
        // Without it each answer can wait 40 ms for the receiver's delayed ACK. The JDK reads it once, when the first
        // HttpServer of the process is made: where that is another one, -D sets it.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final Account account;
    private final Router router;
    private final Function<Request, Answer> profile;
    private final CallLog log;
    private final Faults faults;
    private final RateWindow rate;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(Threads.daemons("sandbox-http"));
    private final CountDownLatch closed = new CountDownLatch(1);

    ApiServer(Account account, Router router, Function<Request, Answer> profile, CallLog log, Faults faults) {
        this.account = account;
        this.router = router;
        this.profile = profile;
        this.log = log;
        this.faults = faults;
        this.rate = new RateWindow(account.settings.clock(), account.settings.rateLimitPerMinute());
        try {
            server = HttpServer.create(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), account.settings.port()), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "sandbox: cannot listen on port " + account.settings.port() + "; 0 takes any free one", e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        startAsDaemon();
    }

    /** The server's own thread is a daemon only if the thread that starts it is one. */
    private void startAsDaemon() {
        Thread starter = Threads.daemons("sandbox-start").newThread(server::start);
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("sandbox: interrupted while starting", e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Call call = read(exchange);
            CallLog.Entry entry = log.begin(call);
            if (!rate.admit()) {
                answer(exchange, entry, tooMany(), "");
                return;
            }
            Optional<Fault> fault = faults.next(call);
            if (fault.isPresent()) {
                fail(exchange, entry, call, fault.get());
            } else {
                answer(exchange, entry, respond(call), "");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Call read(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return new Call(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                Objects.toString(exchange.getRequestURI().getRawQuery(), ""),
                Map.copyOf(headers),
                body,
                NOT_ANSWERED,
                "",
                account.settings.clock().instant());
    }

    private Answer tooMany() {
        return account.settings.isReference()
                ? Answer.json(
                        429,
                        Json.object("error", "Rate limit exceeded", "status", 429, "retry_after", rate.secondsToNext()))
                : Answer.plain(429, "Retry later\n");
    }

    private void fail(HttpExchange exchange, CallLog.Entry entry, Call call, Fault fault)
            throws IOException, InterruptedException {
        String name = fault.getClass().getSimpleName();
        if (fault instanceof Fault.Status status) {
            answer(exchange, entry, new Answer(status.code(), "", status.body(), status.headers()), name);
        } else if (fault instanceof Fault.Delay delay) {
            Answer answer = respond(call);
            waitUnlessClosed(delay);
            answer(exchange, entry, answer, name);
        } else if (fault instanceof Fault.DropBeforeCommit) {
            entry.end(NOT_ANSWERED, name);
        } else if (fault instanceof Fault.DropAfterCommit) {
            respond(call);
            entry.end(NOT_ANSWERED, name);
        } else if (fault instanceof Fault.CloseMidBody) {
            closeMidBody(exchange, entry, respond(call), name);
        } else if (fault instanceof Fault.MalformedJson) {
            respond(call);
            String torn = "{\"payload\":[{\"id\":";
            answer(exchange, entry, new Answer(200, "application/json; charset=utf-8", torn, Map.of()), name);
        } else if (fault instanceof Fault.Hang hang) {
            hang.await();
            answer(exchange, entry, respond(call), name);
        }
    }

    private void waitUnlessClosed(Fault.Delay delay) throws InterruptedException {
        if (closed.await(delay.duration().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new InterruptedException("sandbox closed");
        }
    }

    private static void closeMidBody(HttpExchange exchange, CallLog.Entry entry, Answer answer, String fault)
            throws IOException {
        entry.end(answer.status(), fault);
        byte[] body = answer.bytes();
        exchange.sendResponseHeaders(answer.status(), body.length + 100L);
        OutputStream out = exchange.getResponseBody();
        out.write(body, 0, body.length / 2);
        out.flush();
    }

    private static void answer(HttpExchange exchange, CallLog.Entry entry, Answer answer, String fault)
            throws IOException {
        entry.end(answer.status(), fault);
        if (!answer.contentType().isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        }
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = exchange.getRequestMethod().equals("HEAD") ? new byte[0] : answer.bytes();
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    /** The call's effect and its answer. */
    private Answer respond(Call call) {
        synchronized (account) {
            try {
                return route(call, caller(call));
            } catch (Refusal refusal) {
                return refusal.answer();
            } catch (RuntimeException e) {
                // A value of an unexpected type: Chatwoot answers 500 as well.
                LOG.debug("sandbox: {} {} failed", call.method(), call.path(), e);
                return Refusal.serverError().answer();
            }
        }
    }

    private Agent caller(Call call) {
        String token =
                call.headers().getOrDefault("api-access-token", call.headers().get("api_access_token"));
        if (token == null) {
            throw Refusal.noToken();
        }
        return Optional.ofNullable(account.agentsByToken.get(token))
                .filter(agent -> !account.revokedTokens.contains(token))
                .orElseThrow(Refusal::badToken);
    }

    private Answer route(Call call, Agent caller) {
        Map<String, Object> body = Request.body(call.headers().getOrDefault("content-type", ""), call.body());
        Map<String, List<String>> query = Request.query(call.query());
        if (call.method().equals("GET") && call.path().equals("/api/v1/profile")) {
            return profile.apply(new Request(List.of(), query, body, caller));
        }
        Matcher path = ACCOUNT_PATH.matcher(call.path());
        if (!path.matches()) {
            throw Refusal.noRoute();
        }
        if (Long.parseLong(path.group(1)) != account.id()) {
            throw Refusal.unauthorized(
                    account.settings.isReference() ? 403 : 401, "You are not authorized to access this account");
        }
        Router.Match match = router.find(call.method(), path.group(2)).orElseThrow(Refusal::noRoute);
        return match.handler().apply(new Request(match.ids(), query, body, caller));
    }

    @Override
    public void close() {
        closed.countDown();
        faults.clear();
        server.stop(0);
        threads.shutdownNow();
    }
}
