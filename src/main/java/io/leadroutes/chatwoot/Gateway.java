package io.leadroutes.chatwoot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.ChainElement;

/** What the route {@code chatwoot-api} does before and after the call; the route holds the flow (invariant 7). */
public final class Gateway {
    /** Chatwoot reads this name as {@code api_access_token}; proxies drop names with underscores (CONTRACT 3.1). */
    private static final String TOKEN_HEADER = "Api-Access-Token";

    private static final String VERB = "verb";

    /** Set by the route that grants wishes; no other call has it. */
    private static final String DELIVERY = "delivery";

    /** The caller's error handler counts its redeliveries here: without them it would repeat for ever. Never sent. */
    private static final String REDELIVERY_HEADERS = "CamelRedeliver*";

    private static final int MAX_EXCERPT_CHARS = 300;
    private static final String STOOD_STILL = "the process stood still until its lease was over";

    private final String token;
    private final TokenWatch watch;
    private final Budget budget;
    private final Clock clock;
    private final Predicate<Delivery> mayCallFor;
    private final ObjIntConsumer<String> onCall;
    private final ThreadLocal<Delivery> sending = new ThreadLocal<>();
    private volatile Optional<Instant> awaySince = Optional.empty();

    /**
     * @param mayCallFor false for a wish that may be in another process's hand by now
     * @param onCall is told the verb of each call that was made, and the status that it was answered with, 0 for none
     */
    public Gateway(
            String token,
            TokenWatch watch,
            Budget budget,
            Clock clock,
            Predicate<Delivery> mayCallFor,
            ObjIntConsumer<String> onCall) {
        this.token = token;
        this.watch = watch;
        this.budget = budget;
        this.clock = clock;
        this.mayCallFor = mayCallFor;
        this.onCall = onCall;
    }

    /** Since when calls have been answered with 408, 5xx or a redirect, or not at all; absent if the last one was not. */
    public Optional<Instant> awaySince() {
        return awaySince;
    }

    /**
     * For the HTTP client: looks once more when the connection stands and the request is about to be written, because
     * between {@link #prepare} and that a process can stand still, too. The first connections take a while.
     */
    public HttpClientConfigurer lastLook() {
        return builder -> builder.addExecInterceptorBefore(
                ChainElement.MAIN_TRANSPORT.name(), "last-look", (request, scope, chain) -> {
                    Delivery delivery = sending.get();
                    // The HTTP client repeats nothing by itself (setting automaticRetriesDisabled), so this is its only
                    // look.
                    sending.remove();
                    if (delivery != null && !mayCallFor.test(delivery)) {
                        throw new IOException(STOOD_STILL);
                    }
                    return chain.proceed(request, scope);
                });
    }

    /**
     * Makes the message the HTTP request that its body, an {@link ApiRequest}, describes: no other header is sent.
     *
     * @throws ChatwootException.Paused while the token is refused, and if the call is for a wish that may be in another
     *     process's hand by now, because this one stood still; then no call is made
     */
    public void prepare(Exchange exchange) throws ChatwootException {
        sending.remove();
        Optional<Delivery> delivery =
                Optional.ofNullable(exchange.getVariable(DELIVERY)).map(Delivery.class::cast);
        if (delivery.filter(wish -> !mayCallFor.test(wish)).isPresent()) {
            throw new ChatwootException.Paused(STOOD_STILL, 0, clock.instant(), true);
        }
        Message message = exchange.getMessage();
        ApiRequest request = message.getBody(ApiRequest.class);
        watch.admit(request);
        exchange.setVariable(VERB, request.verb());
        message.removeHeaders("*", REDELIVERY_HEADERS);
        message.setHeader(Exchange.HTTP_METHOD, request.method());
        message.setHeader(Exchange.HTTP_PATH, request.path());
        if (!request.query().isEmpty()) {
            message.setHeader(Exchange.HTTP_QUERY, request.query());
        }
        message.setHeader("Accept", "application/json");
        message.setHeader(TOKEN_HEADER, token);
        if (request.body().isPresent()) {
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        }
        message.setBody(request.body()
                .map(json -> json.getBytes(StandardCharsets.UTF_8))
                .orElse(null));
        exchange.setVariable(Budget.SENT, true);
        // Last, as what is not sent must leave nothing behind; the HTTP component makes its call in this thread.
        delivery.ifPresent(sending::set);
    }

    /** Notes how the call ended, answered or not; nothing if none was made. */
    public void ended(Exchange exchange) {
        if (exchange.getVariable(Budget.SENT, boolean.class)) {
            int status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
            awaySince = isShortOutage(status) ? awaySince.or(() -> Optional.of(clock.instant())) : Optional.empty();
            onCall.accept(exchange.getVariable(VERB, String.class), status);
        }
    }

    /** A redirect, which is never followed, is a proxy's or a setting's fault, not the wish's. */
    private static boolean isShortOutage(int status) {
        return status == 408 || status >= 500 || status < 200 || status >= 300 && status < 400;
    }

    /**
     * Makes the body an {@link ApiAnswer} and drops every header of the answer.
     *
     * @throws ChatwootException for every status but 2xx, and for a body that is not JSON
     */
    public void understand(Exchange exchange) throws ChatwootException {
        Message message = exchange.getMessage();
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        Optional<String> retryAfter = header(message.getHeaders(), "Retry-After");
        Optional<String> date = header(message.getHeaders(), "Date");
        byte[] body = Optional.ofNullable(message.getBody(byte[].class)).orElse(new byte[0]);
        String verb = exchange.getVariable(VERB, String.class);
        message.removeHeaders("*", REDELIVERY_HEADERS);
        message.setBody(answer(verb, status, new String(body, StandardCharsets.UTF_8), retryAfter, date));
    }

    ApiAnswer answer(String verb, int status, String body, Optional<String> retryAfter, Optional<String> date)
            throws ChatwootException {
        if (status >= 200 && status < 300) {
            JsonNode json = json(verb, status, body);
            watch.accepted();
            return new ApiAnswer(verb, status, json);
        }
        String told = verb + ": " + status + " " + excerpt(body);
        Instant now = clock.instant();
        if (status == 429) {
            Instant until = retryAfter
                    .or(() -> member(body, "retry_after").map(JsonNode::asText))
                    .flatMap(said -> RetryAfter.parse(said, now))
                    .orElseGet(() -> RetryAfter.nextMinute(now, date));
            budget.refused(until);
            throw new ChatwootException.Paused(told, status, until, false);
        }
        if (isTokenRefused(status, body)) {
            throw watch.refused(told);
        }
        if (status == 503 && retryAfter.isPresent()) {
            Instant until = RetryAfter.parse(retryAfter.get(), now).orElseGet(() -> RetryAfter.nextMinute(now, date));
            throw new ChatwootException.Paused(told, status, until, true);
        }
        if (isShortOutage(status)) {
            throw new ChatwootException.Unavailable(told, status);
        }
        if (status == 401 || status == 404 || status == 422) {
            // Chatwoot itself has looked at the request; a 403 may be a firewall's.
            watch.accepted();
        }
        throw new ChatwootException.Rejected(told, status);
    }

    /** True for a bad token and for none (CONTRACT section 3.1); a 401 with another text is about this item only. */
    private static boolean isTokenRefused(int status, String body) {
        return status == 401
                && (body.contains("Invalid Access Token")
                        || member(body, "errors").filter(JsonNode::isArray).isPresent());
    }

    private static Optional<JsonNode> member(String body, String key) {
        try {
            return Optional.ofNullable(Json.tree(body).get(key));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private JsonNode json(String verb, int status, String body) throws ChatwootException {
        if (body.isBlank()) {
            return MissingNode.getInstance();
        }
        try {
            return Json.tree(body);
        } catch (JsonProcessingException e) {
            throw new ChatwootException.Unavailable(verb + ": " + status + " with a body that is not JSON");
        }
    }

    private static Optional<String> header(Map<String, Object> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(header -> String.valueOf(header.getValue()))
                .findFirst();
    }

    private static String excerpt(String body) {
        String line = body.replaceAll("\\s+", " ").strip();
        return line.length() <= MAX_EXCERPT_CHARS ? line : line.substring(0, MAX_EXCERPT_CHARS) + "...";
    }
}
