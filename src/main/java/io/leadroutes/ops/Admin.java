package io.leadroutes.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.store.Forget;
import io.leadroutes.store.Forget.Forgotten;
import io.leadroutes.store.Json;
import io.leadroutes.store.Records;
import io.leadroutes.store.Records.DeadFilter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.jdbc.JdbcConstants;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the {@code admin-*} routes do: design section 5. Every answer is JSON. */
public final class Admin {
    private static final String QUERY = "query";
    private static final int MAX_LIMIT = 1_000;
    private static final Pattern ID = Pattern.compile("[1-9]\\d{0,15}");
    private static final String FORGOTTEN = "forgotten";
    private static final Map<String, String> OUTCOME_HEADERS = Map.of(
            "outcome", "outcome",
            "conversation_id", "conversationId",
            "contact_id", "contactId",
            "deal_value", "dealValue");
    private static final Logger LOG = LoggerFactory.getLogger(Admin.class);

    private final Records records;
    private final AdminAccess access;
    private final Sessions sessions;
    private final Forget forget;
    private final long accountId;
    private final Supplier<Map<String, Object>> budget;
    private final Supplier<Map<String, Object>> rules;
    private final BiFunction<String, Map<String, Object>, Object> rulesTrial;

    /**
     * @param token without one, nothing is here
     * @param sessions of those who have signed in at the page
     * @param budget limit and used calls of this minute
     * @param rules which are active, and what is wrong with their file
     * @param rulesTrial what the rules make of a text beside the other values of the request
     */
    public Admin(
            Records records,
            Forget forget,
            Optional<String> token,
            Sessions sessions,
            long accountId,
            Supplier<Map<String, Object>> budget,
            Supplier<Map<String, Object>> rules,
            BiFunction<String, Map<String, Object>, Object> rulesTrial,
            Clock clock) {
        this.records = records;
        this.forget = forget;
        this.access = new AdminAccess(token, clock);
        this.sessions = sessions;
        this.accountId = accountId;
        this.budget = budget;
        this.rules = rules;
        this.rulesTrial = rulesTrial;
    }

    /**
     * Lets the operator in, by the token or the page's session; of the request, only its body and path stay.
     *
     * @throws RefusedException 404 without a configured token, 401 without the right one, 429 after wrong ones, 403 for what
     *     another page asks
     */
    public void authorize(Exchange exchange) throws RefusedException {
        HttpServerRequest request = ((HttpMessage) exchange.getMessage()).getRequest();
        String authorization = request.getHeader("Authorization");
        if (authorization != null || !sessions.admits(request)) {
            access.check(request.remoteAddress().hostAddress(), authorization);
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
        Map<String, Object> found = ID.matcher(id).matches()
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

    static void require(boolean isSo, String error) throws RefusedException {
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

    /**
     * Erases what we know of a contact; afterwards the body is the parameters by which {@code crm-forget} does the same.
     *
     * @throws RefusedException 400 if it is not the id of a contact
     */
    public void forget(Exchange exchange) throws RefusedException {
        String id = exchange.getVariable("id", String.class);
        require(ID.matcher(id).matches(), "contact is wrong; expected its number");
        long contact = Long.parseLong(id);
        exchange.setVariable(FORGOTTEN, forget.forget(accountId, contact));
        exchange.getMessage().setBody(Map.of("account_id", accountId, "contact_id", contact));
    }

    /** Answers what was erased. */
    public void forgotten(Exchange exchange) {
        Forgotten own = exchange.getVariable(FORGOTTEN, Forgotten.class);
        int leads = exchange.getMessage().getHeader(JdbcConstants.JDBC_UPDATE_COUNT, 0, Integer.class);
        LOG.info("contact {} is forgotten: {}, {} leads", exchange.getVariable("id"), own, leads);
        Map<String, Object> done = new LinkedHashMap<>();
        done.put("events", own.events());
        done.put("conversations", own.conversations());
        done.put("score_entries", own.scoreEntries());
        done.put("wishes", own.wishes());
        done.put("dropped", own.dropped());
        done.put("sending", own.sending());
        done.put("leads", leads);
        answer(exchange, 200, done);
    }

    /** One of both databases failed: tells which, and what is erased. */
    public void notForgotten(Exchange exchange) {
        boolean isOwnErased = exchange.getVariable(FORGOTTEN) != null;
        String error = isOwnErased
                ? "the CRM database does not answer; own data is erased, ask again for the lead"
                : "our own database does not answer; nothing is erased, ask again";
        LOG.warn("contact {} is not forgotten: {}", exchange.getVariable("id"), error);
        answer(exchange, 503, Map.of("error", error));
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

    /**
     * How a deal ended, as headers of {@code lead-outcome}, which checks them.
     *
     * @throws RefusedException 400 if the body is no object of these keys
     */
    public void outcome(Exchange exchange) throws RefusedException {
        JsonNode body = json(exchange.getMessage().getBody());
        require(body.isObject(), "the body is no object; expected outcome, and conversation_id or contact_id");
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            require(
                    OUTCOME_HEADERS.containsKey(field.getKey()),
                    "a key is not known; expected " + String.join(", ", new TreeSet<>(OUTCOME_HEADERS.keySet())));
            exchange.getMessage()
                    .setHeader(
                            OUTCOME_HEADERS.get(field.getKey()),
                            field.getValue().asText());
        }
    }

    /** It is in the outbox. */
    public void outcomeTaken(Exchange exchange) {
        answer(exchange, 200, Map.of("taken", true));
    }

    /** Makes the message the answer to a request with a wrong value; the failure names it. */
    public void tellWhatIsWrong(Exchange exchange) {
        Exception wrong = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        answer(exchange, 400, Map.of("error", wrong.getMessage()));
    }

    static JsonNode json(Object body) throws RefusedException {
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
        if (refused.retryAfterSeconds > 0) {
            exchange.getMessage().setHeader("Retry-After", Long.toString(refused.retryAfterSeconds));
        }
    }

    static void answer(Exchange exchange, int status, Object body) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(Json.write(body));
    }

    static RefusedException notFound() {
        return new RefusedException(404, "not found");
    }

    /** A request that is answered with an error. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final long retryAfterSeconds;

        RefusedException(int status, String error) {
            this(status, error, 0);
        }

        /** @param retryAfterSeconds 0 if it is not told when to ask again */
        RefusedException(int status, String error, long retryAfterSeconds) {
            super(error);
            this.status = status;
            this.retryAfterSeconds = retryAfterSeconds;
        }

        int status() {
            return status;
        }

        long retryAfterSeconds() {
            return retryAfterSeconds;
        }
    }
}
