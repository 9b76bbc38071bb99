package io.leadroutes.ops;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.ops.Admin.RefusedException;
import io.leadroutes.ops.PageFiles.PageFile;
import io.leadroutes.store.LeadList;
import io.leadroutes.store.Overview;
import io.leadroutes.store.RuleHits;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/** What the {@code ops-*} routes do: the page at /admin, its sign-in, and what only it asks for. */
public final class OpsPage {
    /** Nothing of others, nothing inline: what a customer wrote cannot run even if it became markup. */
    static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final int MAX_SEARCH_CHARS = 100;

    private final PageFiles files = new PageFiles();
    private final boolean isOn;
    private final long accountId;
    private final Sessions sessions;
    private final Overview overview;
    private final LeadList leads;
    private final RuleHits ruleHits;
    private final LastHour history;
    private final Supplier<Map<String, Object>> chatwoot;
    private final Supplier<List<?>> rules;
    private final Clock clock;

    /**
     * @param isOn whether a token is configured; without one nothing is here
     * @param chatwoot how the calls to Chatwoot stand: {@code limit}, {@code used}, {@code paused_ms},
     *     {@code token_refused_since}
     * @param rules the rules of the file, in its order
     */
    public OpsPage(
            boolean isOn,
            long accountId,
            Sessions sessions,
            Overview overview,
            LeadList leads,
            RuleHits ruleHits,
            LastHour history,
            Supplier<Map<String, Object>> chatwoot,
            Supplier<List<?>> rules,
            Clock clock) {
        this.isOn = isOn;
        this.accountId = accountId;
        this.sessions = sessions;
        this.overview = overview;
        this.leads = leads;
        this.ruleHits = ruleHits;
        this.history = history;
        this.chatwoot = chatwoot;
        this.rules = rules;
        this.clock = clock;
    }

    /** @throws RefusedException 404 without a configured token */
    public void page(Exchange exchange) throws RefusedException {
        answerFile(exchange, PageFiles.PAGE);
    }

    /** @throws RefusedException 404 unless it is one of {@link PageFiles} and a token is configured */
    public void file(Exchange exchange) throws RefusedException {
        String path = request(exchange).path();
        answerFile(exchange, path.substring(path.lastIndexOf('/') + 1));
    }

    private void answerFile(Exchange exchange, String name) throws RefusedException {
        if (!isOn) {
            throw Admin.notFound();
        }
        PageFile file = files.file(name).orElseThrow(Admin::notFound);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.CONTENT_TYPE, file.type());
        message.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        message.setBody(file.text());
    }

    /** Begins a session for who has shown the token. */
    public void signIn(Exchange exchange) {
        String cookie = sessions.begin(request(exchange));
        Admin.answer(exchange, 200, Map.of("signed_in", true));
        exchange.getMessage().setHeader("Set-Cookie", cookie);
    }

    /** Ends the session. */
    public void signOut(Exchange exchange) {
        String cookie = sessions.end(request(exchange));
        Admin.answer(exchange, 200, Map.of("signed_in", false));
        exchange.getMessage().setHeader("Set-Cookie", cookie);
    }

    /** Queues, budget, throughput and what fails. */
    public void overview(Exchange exchange) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("at", clock.instant());
        answer.put("queues", overview.queues());
        answer.put("dead", overview.dead());
        answer.put("gaps", overview.gaps());
        answer.put("chatwoot", chatwoot.get());
        answer.put("history", history.points());
        answer.put("events", overview.latestEvents());
        Admin.answer(exchange, 200, answer);
    }

    /**
     * Qualified conversations, the newest first; with {@code search} in the body those whose customer it names.
     *
     * @throws RefusedException 400 for a body that is not as it should be
     */
    public void leads(Exchange exchange) throws RefusedException {
        JsonNode search = Admin.json(exchange.getMessage().getBody()).path("search");
        Admin.require(
                search.isMissingNode() || search.isTextual() && search.asText().length() <= MAX_SEARCH_CHARS,
                "search is wrong; expected a text of " + MAX_SEARCH_CHARS + " characters at most");
        Admin.answer(exchange, 200, leads.find(accountId, search.asText().strip()));
    }

    /** The rules and how often each was met of late. */
    public void rules(Exchange exchange) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("rules", rules.get());
        answer.put("hits", ruleHits.count());
        Admin.answer(exchange, 200, answer);
    }

    private static HttpServerRequest request(Exchange exchange) {
        return ((HttpMessage) exchange.getMessage()).getRequest();
    }
}
