package io.leadroutes.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.store.Json;
import io.leadroutes.store.Records;
import io.leadroutes.store.Records.DeadFilter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/** What the {@code admin-*} routes do: design section 5. Every answer is JSON. */
public final class Admin {
    private static final String BEARER = "Bearer ";
    private static final String QUERY = "query";
    private static final int MAX_LIMIT = 1_000;

    private final Records records;
    private final Optional<String> token;
    private final long accountId;
    private final Supplier<Map<String, Object>> budget;
    private final Supplier<Map<String, Object>> rules;
    private final BiFunction<String, Map<String, Object>, Object> rulesTrial;

    /**
     * @param token without one, nothing is here
     * @param budget limit and used calls of this minute
     * @param rules which are active, and what is wrong with their file
     * @param rulesTrial what the rules make of a text beside the other values of the request
     */
    public Admin(
            Records records,
            Optional<String> token,
            long accountId,
            Supplier<Map<String, Object>> budget,
            Supplier<Map<String, Object>> rules,
            BiFunction<String, Map<String, Object>, Object> rulesTrial) {
        this.records = records;
        this.token = token;
        this.accountId = accountId;
        this.budget = budget;
        this.rules = rules;
        this.rulesTrial = rulesTrial;
    }

    /**
     * Lets the operator in; of the request, only its body and path stay.
     *
     * @throws RefusedException 404 without a configured token, 401 without the right one
     */
    public void authorize(Exchange exchange) throws RefusedException {
        if (token.isEmpty()) {
            throw new RefusedException(404, "not found");
        }
        HttpServerRequest request = ((HttpMessage) exchange.getMessage()).getRequest();
        String header = Optional.ofNullable(request.getHeader("Authorization")).orElse("");
        String given = header.startsWith(BEARER) ? header.substring(BEARER.length()) : "";
        // Digests have one length, so that the comparison tells nothing about the token's.
        if (!MessageDigest.isEqual(sha256(given), sha256(token.get()))) {
            throw new RefusedException(401, "unauthorized");
        }
        exchange.setVariable("id", lastId(request.path()));
        exchange.setVariable(QUERY, query(request));
        exchange.getMessage().removeHeaders("*");
    }

    private static Map<String, String> query(HttpServerRequest request) {
        Map<String, String> query = new HashMap<>();
        request.params().forEach(query::put);
        return query;
    }

    /** The part of the path that names a conversation or a dead letter. */
    private static String lastId(String path) {
        String[] parts = path.split("/");
        return parts.length > 3 ? parts[3] : "";
    }

    public void status(Exchange exchange) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("inbox", records.inbox());
        status.put("outbox", records.outbox());
        status.put("budget", budget.get());
        status.put("rules", rules.get());
        answer(exchange, 200, status);
    }

    /** @throws RefusedException 404 if the conversation is not known */
    public void conversation(Exchange exchange) throws RefusedException {
        String id = exchange.getVariable("id", String.class);
        Map<String, Object> found = id.matches("[1-9]\\d{0,15}")
                ? records.conversation(accountId, Long.parseLong(id)).orElseThrow(Admin::notFound)
                : null;
        if (found == null) {
            throw notFound();
        }
        answer(exchange, 200, found);
    }

    /**
     * Dead letters, at most {@code limit} (100) of them, with {@code after} those that follow the page that this id ended.
     *
     * @throws RefusedException 400 for a query that is not as it should be
     */
    public void dead(Exchange exchange) throws RefusedException {
        Map<String, String> query = query(exchange, Set.of("queue", "reason", "conversation", "after", "limit"));
        String limit = query.getOrDefault("limit", "100");
        require(
                limit.matches("\\d{1,4}") && Integer.parseInt(limit) >= 1 && Integer.parseInt(limit) <= MAX_LIMIT,
                "limit is wrong; expected 1 to " + MAX_LIMIT);
        String after = query.getOrDefault("after", "");
        require(
                after.isEmpty() || after.matches("(event|wish)-\\d{1,18}"),
                "after is wrong; expected the id of a dead letter such as wish-12");
        answer(exchange, 200, records.dead(deadFilter(query), after, Integer.parseInt(limit)));
    }

    private static DeadFilter deadFilter(Map<String, String> query) throws RefusedException {
        String queue = query.getOrDefault("queue", "");
        require(queue.matches("|event|wish"), "queue is wrong; expected event or wish");
        String reason = query.getOrDefault("reason", "");
        require(reason.matches("[a-z0-9-]{0,50}"), "reason is wrong; expected a word such as chatwoot-404");
        String conversation = query.getOrDefault("conversation", "0");
        require(conversation.matches("\\d{1,15}"), "conversation is wrong; expected its number");
        return new DeadFilter(queue, reason, Long.parseLong(conversation));
    }

    /** A name that is not known might have been meant to narrow what is done. */
    @SuppressWarnings("unchecked")
    private static Map<String, String> query(Exchange exchange, Set<String> known) throws RefusedException {
        Map<String, String> query = exchange.getVariable(QUERY, Map.class);
        require(
                known.containsAll(query.keySet()),
                "the query has a name that is not known; expected " + String.join(", ", new TreeSet<>(known)));
        return query;
    }

    private static void require(boolean isSo, String error) throws RefusedException {
        if (!isSo) {
            throw new RefusedException(400, error);
        }
    }

    private static DeadFilter allOfOneReason(Exchange exchange) throws RefusedException {
        DeadFilter filter = deadFilter(query(exchange, Set.of("queue", "reason", "conversation")));
        require(!filter.reason().isEmpty(), "reason is missing; expected one such as chatwoot-404");
        return filter;
    }

    /** @throws RefusedException 400 for a query that is not as it should be */
    public void retryAll(Exchange exchange) throws RefusedException {
        answer(exchange, 200, Map.of("retried", records.retry(allOfOneReason(exchange))));
    }

    /** @throws RefusedException 400 for a query that is not as it should be */
    public void dropAll(Exchange exchange) throws RefusedException {
        answer(exchange, 200, Map.of("dropped", records.drop(allOfOneReason(exchange))));
    }

    /** @throws RefusedException 404 if there is no such dead letter */
    public void retry(Exchange exchange) throws RefusedException {
        if (!records.retry(exchange.getVariable("id", String.class))) {
            throw notFound();
        }
        answer(exchange, 200, Map.of("retried", true));
    }

    /** @throws RefusedException 404 if there is no such dead letter */
    public void drop(Exchange exchange) throws RefusedException {
        if (!records.drop(exchange.getVariable("id", String.class))) {
            throw notFound();
        }
        answer(exchange, 200, Map.of("dropped", true));
    }

    /** @throws RefusedException 400 if the body is not as the design says */
    public void tryRules(Exchange exchange) throws RefusedException {
        JsonNode body = json(exchange.getMessage().getBody());
        if (!body.path("content").isTextual()) {
            throw new RefusedException(400, "content is missing; expected a text");
        }
        Map<String, Object> given = Json.map(body);
        answer(exchange, 200, rulesTrial.apply(body.path("content").asText(), given));
    }

    private static JsonNode json(Object body) throws RefusedException {
        try {
            return Json.tree(body instanceof Buffer buffer ? buffer.toString(StandardCharsets.UTF_8) : "");
        } catch (JsonProcessingException e) {
            throw new RefusedException(400, "not JSON");
        }
    }

    /** Makes the message the answer to a refused request. */
    public void refuse(Exchange exchange) {
        RefusedException refused = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, RefusedException.class);
        answer(exchange, refused.status, Map.of("error", refused.getMessage()));
        if (refused.status == 401) {
            exchange.getMessage().setHeader("WWW-Authenticate", "Bearer");
        }
    }

    private static void answer(Exchange exchange, int status, Object body) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("Cache-Control", "no-store");
        message.setHeader("X-Content-Type-Options", "nosniff");
        message.setBody(Json.write(body));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static RefusedException notFound() {
        return new RefusedException(404, "not found");
    }

    /** A request that is answered with an error. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        RefusedException(int status, String error) {
            super(error);
            this.status = status;
        }
    }
}
