package io.leadroutes.cli;

import io.leadroutes.chatwoot.Budget;
import io.leadroutes.chatwoot.BulkActions;
import io.leadroutes.chatwoot.Calls;
import io.leadroutes.chatwoot.ChatwootHeaders;
import io.leadroutes.chatwoot.CommandQueue;
import io.leadroutes.chatwoot.Dispatcher;
import io.leadroutes.chatwoot.EventSource;
import io.leadroutes.chatwoot.Gateway;
import io.leadroutes.chatwoot.Inputs;
import io.leadroutes.chatwoot.LeadWrites;
import io.leadroutes.chatwoot.Macros;
import io.leadroutes.chatwoot.Reads;
import io.leadroutes.chatwoot.Reconciler;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.chatwoot.Teams;
import io.leadroutes.chatwoot.TokenWatch;
import io.leadroutes.chatwoot.Writes;
import io.leadroutes.conversation.Destinations;
import io.leadroutes.conversation.Planner;
import io.leadroutes.conversation.RuleMacro;
import io.leadroutes.conversation.RulesTrial;
import io.leadroutes.conversation.Steps;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Waits;
import io.leadroutes.conversation.Wishes;
import io.leadroutes.crm.LeadIdentity;
import io.leadroutes.crm.LeadMapping;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.intake.AnswerHeaders;
import io.leadroutes.intake.Answered;
import io.leadroutes.intake.AsyncHttpEngine;
import io.leadroutes.intake.Connections;
import io.leadroutes.intake.Door;
import io.leadroutes.intake.HttpAllowList;
import io.leadroutes.intake.HttpErrors;
import io.leadroutes.intake.InboxWriter;
import io.leadroutes.intake.Refusals;
import io.leadroutes.intake.WebhookFeed;
import io.leadroutes.intake.WebhookGate;
import io.leadroutes.intake.WebhookVerifier;
import io.leadroutes.intake.WebhookVerifier.Mode;
import io.leadroutes.intake.Webhooks;
import io.leadroutes.ops.Admin;
import io.leadroutes.ops.Health;
import io.leadroutes.ops.Health.Problem;
import io.leadroutes.ops.LastHour;
import io.leadroutes.ops.Levels;
import io.leadroutes.ops.Metrics;
import io.leadroutes.ops.OpsPage;
import io.leadroutes.ops.ProcessMetrics;
import io.leadroutes.ops.Sessions;
import io.leadroutes.ops.Tracing;
import io.leadroutes.ops.Trail;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.store.Backoff;
import io.leadroutes.store.Commands;
import io.leadroutes.store.Conversations;
import io.leadroutes.store.Database;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.EventFeed;
import io.leadroutes.store.Events;
import io.leadroutes.store.FirstCalls;
import io.leadroutes.store.Forget;
import io.leadroutes.store.Gaps;
import io.leadroutes.store.Inbox;
import io.leadroutes.store.LeadList;
import io.leadroutes.store.Linger;
import io.leadroutes.store.Outbox;
import io.leadroutes.store.Overview;
import io.leadroutes.store.Permits;
import io.leadroutes.store.Records;
import io.leadroutes.store.Retention;
import io.leadroutes.store.RuleHits;
import io.leadroutes.store.Timers;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.Route;
import org.apache.camel.component.bean.BeanComponent;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The running product: databases, beans and routes. Close it to stop cleanly. */
public final class LeadRoutes implements AutoCloseable {
    private static final int LEADS_IN_HAND = 2;
    private static final Logger LOG = LoggerFactory.getLogger(LeadRoutes.class);

    private final Main main = new Main();
    private final Connections connections = new Connections();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Answered answered;
    private final Vertx vertx;
    private final Database database;
    private final Database crm;
    private volatile CompletableFuture<Void> crmOpening = CompletableFuture.completedFuture(null);

    /** Done when the own database is open and knows of this start. */
    private final CompletableFuture<Void> takenOver;

    private final Refusals refusals;
    private final ExecutorService answers;
    private final InboxWriter inboxWriter;

    /** To which webhooks are given: the {@link #inboxWriter}, or one to the broker in front of it. */
    private final InboxWriter writer;

    private final ExecutorService workers;
    private final Budget budget;
    private final TokenWatch tokenWatch;
    private final Metrics metrics;
    private final ProcessMetrics processMetrics;
    private final Records records;
    private final LiveRules liveRules;
    private final DropIns dropIns;
    private final Timers timers;
    private final Shadow shadow;
    private final Optional<Tracing> tracing;
    private final Brokers brokers;

    private LeadRoutes(Settings settings, Clock clock) {
        warnIfReadable(URI.create(settings.baseUrl()));
        brokers = new Brokers(settings, clock);
        CompletableFuture<LiveRules> rules = CompletableFuture.supplyAsync(
                () -> LiveRules.required(
                        "rules.file",
                        Path.of(settings.text("rules.file")),
                        settings.rulesReload(),
                        clock,
                        this::lookAgain),
                Beside::run);
        dropIns = new DropIns(Path.of(settings.text("routes.directory")), settings.routesReload(), clock);
        database = Database.toOpen(
                "leadroutes",
                settings.text("database.url"),
                settings.text("database.user"),
                settings.text("database.password"),
                "db/migration",
                settings.number("conversation.workers") + settings.number("chatwoot.concurrency") + LEADS_IN_HAND);
        // With rules that are wrong nothing is made or brought up to date.
        CompletableFuture<Void> opening = rules.thenRunAsync(database::open, Beside::run);
        budget = new Budget(settings.number("chatwoot.rate-limit"), clock, new Permits(database));
        tokenWatch = new TokenWatch(new Requests(settings.accountId()), clock);
        metrics = new Metrics(meters, Inputs.EVENTS, tokenWatch::isRefused);
        answered = new Answered(metrics::answered);
        // Under this name Camel's own metrics go to it, too, and /observe/metrics shows it.
        main.bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters);

        liveRules = joined(rules);
        crm = Database.onFirstUse(
                "crm",
                settings.text("crm.database.url"),
                settings.text("crm.database.user"),
                settings.text("crm.database.password"),
                settings.flag("crm.database.migrate") ? "db/crm" : "",
                LEADS_IN_HAND);
        CompletableFuture<Vertx> server =
                CompletableFuture.supplyAsync(() -> connections.vertx(new VertxOptions()), Beside::run);
        workers = Executors.newFixedThreadPool(
                settings.number("conversation.workers"), new NamedThreads("conversation-worker"));
        processMetrics = new ProcessMetrics(meters);
        tracing = settings.tracingEndpoint().map(endpoint -> tracing(endpoint, settings));
        main.bind("trail", new Trail(tracing));
        Outbox outbox = new Outbox(
                database,
                clock,
                RandomGenerator.getDefault(),
                settings.lease(),
                metrics,
                tracing.isPresent() ? tracing.get()::current : Optional::empty);
        Teams teams = new Teams();
        Macros macros = new Macros(teams, clock);
        BulkActions bulkActions = new BulkActions(clock);
        Planner planner = new Planner(
                isByMacro(settings) ? () -> RuleMacro.of(liveRules.get()) : List::of,
                macros::isUsable,
                bulkActions::areAllowed);
        Conversations conversations = new Conversations(database, outbox, clock, planner);
        Inbox inbox = new Inbox(database, conversations, clock, settings.debounce(), metrics);
        records = new Records(database, outbox, clock);
        Gaps gaps = new Gaps(database, clock);
        timers = new Timers(database, inbox, clock);
        takenOver = opening.thenRunAsync(() -> takeOver(settings, outbox, gaps), Beside::run);
        refusals = new Refusals(gaps::record, clock);
        answers = Executors.newSingleThreadExecutor(new NamedThreads("webhook-answers"));
        inboxWriter = new InboxWriter(
                events -> {
                    // What came in last before the start tells what may have been lost since.
                    joined(takenOver);
                    inbox.append(events);
                },
                answers,
                refusals,
                clock);
        brokers.bind(main);
        if (brokers.hasJms()) {
            main.bind(
                    "commandQueue",
                    new CommandQueue(
                            new Commands(database, outbox, clock), settings.accountId(), settings.dealLabels(), clock));
        }
        // What was refused is told by who knows the database.
        writer = brokers.beforeInbox()
                .map(it -> new InboxWriter(it.store(), answers, new Refusals((from, to, reason) -> {}, clock), clock))
                .orElse(inboxWriter);
        main.bind("webhookFeed", new WebhookFeed(inboxWriter, settings.accountId()));

        bindWorker(settings, inbox, conversations);
        main.bind("timers", timers);
        shadow = shadow(settings, clock);
        main.bind("liveRules", liveRules);
        main.bind("dropIns", dropIns);
        main.bind("shadow", shadow);
        bindEventFeed(outbox);
        bindDispatchers(settings, clock, outbox, conversations, teams, macros, bulkActions);
        bindIntake(settings, clock);
        vertx = joined(server);
        bindHealth(inbox, clock);
        main.bind("vertx", vertx);
        main.bind(AsyncHttpEngine.NAME, new AsyncHttpEngine(vertx));
        bindOps(settings, clock);
        bindReconciler(settings, clock, gaps, inbox, outbox, conversations);
        main.bind(
                "retention",
                new Retention(
                        database,
                        clock,
                        // While Chatwoot cannot be asked what was lost, what was known before is needed to tell.
                        settings.reconcileEvery().isZero()
                                ? clock::instant
                                : () -> gaps.since().from(),
                        settings.retention()));
        configure(settings);
    }

    private static <T> T joined(CompletableFuture<T> part) {
        try {
            return part.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException wrong ? wrong : e;
        }
    }

    private static Tracing tracing(String endpoint, Settings settings) {
        return new Tracing(
                endpoint,
                settings.tracingHeaders(),
                settings.tracingShare(),
                URI.create(settings.baseUrl()),
                settings.text("crm.database.url").replaceAll("^jdbc:([^:]*).*", "$1"));
    }

    /** From the process before this one. */
    private void takeOver(Settings settings, Outbox outbox, Gaps gaps) {
        int abandoned = outbox.recover(database.isExclusive());
        if (abandoned > 0) {
            LOG.info("{} wishes were being sent when the process stopped; they are tried again", abandoned);
        }
        budget.start();
        if (!settings.reconcileEvery().isZero()) {
            gaps.start();
        }
        if (!liveRules.get().waitingRules().isEmpty()) {
            lookAgain(liveRules.get());
        }
    }

    private void awaitOwnDatabase() {
        try {
            joined(takenOver);
        } catch (CannotGetJdbcConnectionException e) {
            throw new StartException(
                    "database.url cannot be opened; expected a database that is there, and the right user: "
                            + e.getCause().getMessage(),
                    e);
        }
    }

    /** The start does not wait for the CRM: without it everything goes on, and leads wait in the outbox. */
    private void tellIfCrmIsAway() {
        try {
            crm.dataSource().getConnection().close();
        } catch (SQLException | FlywayException e) {
            LOG.warn("crm.database.url cannot be opened now; leads wait in the outbox: {}", e.getMessage());
        }
    }

    /**
     * Starts everything and returns when webhooks are taken.
     *
     * @throws Settings.SettingsException if a setting is wrong
     * @throws StartException if the database for our own state is not there
     * @throws io.leadroutes.rules.RuleFileException if the rule file is wrong
     */
    public static LeadRoutes start(Settings settings, Clock clock) {
        LeadRoutes runtime = new LeadRoutes(settings, clock);
        try {
            runtime.main.start();
            runtime.awaitOwnDatabase();
            runtime.connections.install(runtime.camel());
            AnswerHeaders.install(runtime.camel());
            HttpErrors.install(runtime.camel());
            Door.install(runtime.camel(), runtime.refusals, runtime.answered);
            List<Route> work = runtime.heldBack();
            runtime.startDropIns(settings);
            runtime.checkEndpoints(settings);
            runtime.start(work);
            runtime.crmOpening = CompletableFuture.runAsync(runtime::tellIfCrmIsAway, Beside::run);
            return runtime;
        } catch (RuntimeException e) {
            runtime.close();
            throw e;
        }
    }

    /** Queues are looked into when every route is there that what waits in them may need. */
    private List<Route> heldBack() {
        return camel().getRoutes().stream()
                .filter(route -> route.getEndpoint().getEndpointUri().startsWith("scheduler:"))
                .sorted(Comparator.comparing(Route::getStartupOrder, Comparator.nullsFirst(Comparator.naturalOrder())))
                .toList();
    }

    private void start(List<Route> routes) {
        for (Route route : routes) {
            try {
                camel().getRouteController().startRoute(route.getId());
            } catch (Exception e) {
                throw new IllegalStateException(route.getId() + " does not start", e);
            }
        }
    }

    private void startDropIns(Settings settings) {
        // They start as they are told, schedulers too.
        camel().setAutoStartupExcludePattern(null);
        dropIns.start(new DropInRoutes(camel(), settings.baseUrl()));
    }

    /** A step or destination that is not there would fail each message; better to know at once. */
    private void checkEndpoints(Settings settings) {
        List<String> wrong = new ArrayList<>();
        for (String property : List.of("steps.message", "on.lead-qualified", "on.escalated")) {
            for (String uri : settings.list(property)) {
                if (!isThere(uri)) {
                    wrong.add(
                            property + " names \"" + uri + "\"; expected a Camel endpoint that is there: a direct:name"
                                    + " that a route in " + settings.text("routes.directory")
                                    + " starts with, or one whose component is on the class path");
                }
            }
        }
        if (!wrong.isEmpty()) {
            // It may begin in one of these.
            wrong.addAll(dropIns.problems());
            throw new Settings.SettingsException(wrong);
        }
    }

    private boolean isThere(String uri) {
        if (uri.startsWith("direct:")) {
            String name = uri.replaceFirst("^direct:(//)?", "direct://");
            return camel().getRoutes().stream()
                    .anyMatch(route -> route.getEndpoint().getEndpointUri().equals(name));
        }
        try {
            return camel().getEndpoint(uri) != null;
        } catch (ResolveEndpointFailedException | NoSuchEndpointException e) {
            return false;
        }
    }

    private static Destinations destinations(Settings settings) {
        return new Destinations(settings.list("on.lead-qualified"), settings.list("on.escalated"), settings.baseUrl());
    }

    private void bindWorker(Settings settings, Inbox inbox, Conversations conversations) {
        Steps steps = new Steps(liveRules::get, destinations(settings));
        main.bind("transactionManager", database.transactions());
        main.bind("conversationWorkers", workers);
        main.bind("inbox", inbox);
        main.bind("events", new Events(conversations, steps, new Waits(liveRules::get, steps)));
        main.bind("steps", steps);
        main.bind("wishes", new Wishes());
        main.bind("leadWrites", new LeadWrites(conversations, steps, settings.accountId(), settings.dealLabels()));
    }

    private void lookAgain(RuleBook rules) {
        timers.lookAgain(rules.version());
    }

    /** A shadow that cannot be used stops nothing, now or later. */
    private Shadow shadow(Settings settings, Clock clock) {
        return new Shadow(
                liveRules::get,
                settings.optional("rules.shadow")
                        .map(file -> LiveRules.optional("rules.shadow", Path.of(file), settings.rulesReload(), clock)),
                destinations(settings),
                clock,
                effect -> metrics.shadowDiffers(effect.kind()));
    }

    private Map<String, Object> rulesStatus() {
        Map<String, Object> status = liveRules.status();
        shadow.status().ifPresent(beside -> status.put("shadow", beside));
        return status;
    }

    /** The source is a Camel component: its name in the registry is the scheme of its addresses. */
    private void bindEventFeed(Outbox outbox) {
        EventSource source = new EventSource();
        main.bind("chatwoot-event", source);
        main.bind("eventFeed", new EventFeed(database, outbox, source::wanting));
    }

    /** To this machine itself, as in a demo, nobody is in between. */
    private static void warnIfReadable(URI baseUrl) {
        boolean isHere = Set.of("localhost", "127.0.0.1", "[::1]").contains(baseUrl.getHost());
        if (baseUrl.getScheme().equals("http") && !isHere) {
            LOG.warn("chatwoot.base-url is http: whoever is between here and there can read the token; expected https");
        }
    }

    private static boolean isByMacro(Settings settings) {
        return settings.text("chatwoot.strategy").equals("macro");
    }

    private void bindDispatchers(
            Settings settings,
            Clock clock,
            Outbox outbox,
            Conversations conversations,
            Teams teams,
            Macros macros,
            BulkActions bulkActions) {
        boolean isByMacro = isByMacro(settings);
        Supplier<Linger> linger = () -> budget.linger(isByMacro, Calls.together(settings.snapshotFresh()));
        BiConsumer<List<Delivery>, String> asked =
                (deliveries, answer) -> conversations.asked(deliveries, answer, settings.confirmWithin());
        bindGateway(settings, clock, outbox);
        main.bind(
                "calls",
                new Calls(
                        conversations,
                        teams,
                        macros,
                        settings.snapshotFresh(),
                        () -> !linger.get().tags().isZero() && bulkActions.areAllowed(),
                        clock));
        Backoff claims = new Backoff("wishes cannot be claimed", clock);
        FirstCalls firstCalls = new FirstCalls(database, clock, metrics::escalationSent);
        Requests requests = new Requests(settings.accountId());
        main.bind("reads", new Reads(requests, settings.accountId()));
        main.bind("writes", new Writes(outbox, requests, settings.accountId(), clock));
        bindDispatcher(
                "chatwootDispatcher",
                new Dispatcher(
                        outbox,
                        limits -> firstCalls.timed(
                                claims.ask(() -> conversations.claim(limits, linger.get()), List.of())),
                        () -> firstCalls.timed(claims.ask(
                                () -> conversations.claimOldest(Dispatcher.patience(linger.get()), linger.get()),
                                List.of())),
                        urgency -> tokenWatch.isRefused() ? 0 : claims.ask(() -> budget.free(urgency), 0),
                        asked,
                        bulkActions,
                        settings.number("chatwoot.concurrency"),
                        clock),
                clock);
        bindDispatcher(
                "leadDispatcher",
                new Dispatcher(
                        outbox,
                        limits -> claims.ask(
                                () -> outbox.claimForEndpoints(limits.applyAsInt(Urgency.ESCALATION)), List.of()),
                        List::of,
                        urgency -> LEADS_IN_HAND,
                        asked,
                        bulkActions,
                        LEADS_IN_HAND,
                        clock),
                clock);
        main.bind("crm", crm.dataSource());
        main.bind("crmDatabase", crm);
        main.bind("leadMapping", new LeadMapping());
        main.bind("leadIdentity", new LeadIdentity());
    }

    private void bindGateway(Settings settings, Clock clock, Outbox outbox) {
        Gateway gateway = new Gateway(
                settings.text("chatwoot.api-token"), tokenWatch, budget, clock, outbox::mayCallFor, metrics::called);
        main.bind("budget", budget);
        main.bind("tokenWatch", tokenWatch);
        main.bind("gateway", gateway);
        main.bind("chatwootHealth", Health.news("chatwoot", () -> away(gateway), clock));
        main.bind("chatwootHeaders", new ChatwootHeaders());
        main.bind("lastLook", gateway.lastLook());
        main.addInitialProperty("camel.component.http.httpClientConfigurer", "#lastLook");
        main.addInitialProperty("camel.component.https.httpClientConfigurer", "#lastLook");
    }

    private void bindDispatcher(String name, Dispatcher dispatcher, Clock clock) {
        main.bind(name, dispatcher);
        main.bind(
                name + "Health",
                Health.live(
                        name,
                        () -> dispatcher
                                .deadSince()
                                .map(since -> Problem.since(
                                        since, "no wish is taken out of the outbox; a restart may mend it")),
                        clock));
    }

    private static Optional<Problem> away(Gateway gateway) {
        return gateway.awaySince()
                .map(since ->
                        Problem.since(since, "Chatwoot's API does not answer as it should; wishes wait in the outbox"));
    }

    private void bindReconciler(
            Settings settings, Clock clock, Gaps gaps, Inbox inbox, Outbox outbox, Conversations conversations) {
        main.bind(
                "reconciler",
                new Reconciler(
                        gaps,
                        inbox,
                        conversations,
                        outbox,
                        new Requests(settings.accountId()),
                        budget,
                        tokenWatch,
                        settings.accountId(),
                        settings.reconcileEvery(),
                        database.isExclusive(),
                        metrics::lost,
                        clock));
    }

    private void bindIntake(Settings settings, Clock clock) {
        Mode mode = settings.text("webhook.auth").equals("none") ? Mode.NONE : Mode.REQUIRED;
        if (mode == Mode.NONE) {
            LOG.warn("webhook.auth is none: every webhook is believed, whoever sends it");
        }
        WebhookVerifier verifier =
                new WebhookVerifier(settings.list("webhook.secrets"), settings.optional("webhook.token"), mode, clock);
        WebhookGate gate = new WebhookGate(verifier, new EventDecoder(), settings.accountId());
        main.bind("httpAllowList", new HttpAllowList());
        main.bind("webhooks", new Webhooks(gate, writer, refusals, answered, settings.accountId(), clock));
    }

    private void bindOps(Settings settings, Clock clock) {
        Sessions sessions = new Sessions(clock);
        bindOpsPage(settings, sessions, clock);
        main.bind(
                "admin",
                new Admin(
                        records,
                        new Forget(database, clock),
                        settings.optional("admin.token"),
                        sessions,
                        settings.accountId(),
                        () -> Map.of("limit", budget.limit(), "used", budget.used()),
                        this::rulesStatus,
                        (text, given) -> new RulesTrial(liveRules.get()).run(text, given),
                        clock));
    }

    /** What is down when the process should be restarted, when no webhooks should come, and what only is to be known. */
    private void bindHealth(Inbox inbox, Clock clock) {
        main.bind("inboxWriterHealth", Health.live("inbox-writer", this::endOfWriting, clock));
        main.bind("inboxHealth", Health.ready("inbox", () -> notWritable(inbox), clock));
        Supplier<Optional<Problem>> silence = () -> unanswered(database, "the database does not answer");
        main.bind(
                "databaseHealth",
                // Webhooks wait at a broker meanwhile.
                writer == inboxWriter
                        ? Health.ready("database", silence, clock)
                        : Health.news("database", silence, clock));
        main.bind("chatwootTokenHealth", Health.ready("chatwoot-token", this::refusedToken, clock));
        main.bind("rulesHealth", Health.news("rules", () -> liveRules.problem().map(Problem::of), clock));
        main.bind("routesHealth", Health.news("routes", () -> dropIns.problem().map(Problem::of), clock));
        main.bind(
                "crmHealth",
                Health.news("crm", () -> unanswered(crm, "the CRM's database does not answer; leads wait"), clock));
    }

    /** Of the database the writer may not know yet, if nothing has come since. */
    private Optional<Problem> endOfWriting() {
        return Stream.of(inboxWriter, writer)
                .flatMap(one -> one.problem().map(what -> new Problem(what, one.endedAt())).stream())
                .findFirst()
                .or(() -> database.problem().map(Problem::of));
    }

    private Optional<Problem> notWritable(Inbox inbox) {
        if (writer.isStuck()) {
            return Optional.of(Problem.of("webhooks are refused: "
                    + (writer == inboxWriter ? "the database" : "the message broker") + " does not answer"));
        }
        return brokers.beforeInbox()
                .map(it -> Problem.ifFails(it.ping(), "webhooks are refused: the message broker does not answer"))
                .orElseGet(
                        () -> Problem.ifFails(inbox::tryToWrite, "webhooks are refused: the inbox cannot be written"));
    }

    private static Optional<Problem> unanswered(Database asked, String what) {
        return Problem.ifFails(asked::ping, what);
    }

    private Optional<Problem> refusedToken() {
        return tokenWatch
                .refusedSince()
                .map(since -> Problem.since(
                        since,
                        "Chatwoot refuses chatwoot.api-token; events are taken in, wishes wait, one call a minute tries"
                                + " it"));
    }

    private void bindOpsPage(Settings settings, Sessions sessions, Clock clock) {
        Overview overview = new Overview(database);
        main.bind("levels", new Levels(overview, budget::used, budget::limit, budget::pauseMs, clock, meters));
        LastHour history = new LastHour(overview, budget::used, budget::limit, clock);
        main.bind("opsHistory", history);
        main.bind(
                "opsPage",
                new OpsPage(
                        settings.optional("admin.token").isPresent(),
                        settings.accountId(),
                        sessions,
                        overview,
                        new LeadList(database),
                        new RuleHits(database),
                        history,
                        this::chatwoot,
                        () -> liveRules.get().outline(),
                        clock));
    }

    private Map<String, Object> chatwoot() {
        Map<String, Object> chatwoot = new LinkedHashMap<>();
        chatwoot.put("limit", budget.limit());
        chatwoot.put("used", budget.used());
        chatwoot.put("paused_ms", budget.pauseMs());
        chatwoot.put("token_refused_since", tokenWatch.refusedSince());
        return chatwoot;
    }

    private void configure(Settings settings) {
        String routes = settings.text("routes.directory");
        // Camel's default adds a hook to the JVM's end, which waits 35 s for Camel's stop; if they meet, the stop waits
        // for it.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.setDefaultPropertyPlaceholderLocation(
                "file:application.properties;optional=true,classpath:application.properties;optional=true");
        settings.asProperties().forEach(main::addOverrideProperty);
        main.addOverrideProperty("chatwoot.base-url", settings.baseUrl());
        main.addOverrideProperty("camel.component.kamelet.location", "file:" + routes + "/kamelets,classpath:kamelets");
        main.setRoutesCollector(new ShippedRoutes());
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport configured) {
                // Camel 4.18 starts it after the routes are made, and until then each of their 200 steps would search
                // its
                // bean's class anew and keep what it has found.
                configured
                        .getCamelContext()
                        .getComponent("bean", BeanComponent.class)
                        .start();
            }
        });
        main.addOverrideProperty("camel.main.routesIncludePattern", DropIns.shipped(Path.of(routes)));
        main.addOverrideProperty("camel.main.autoStartupExcludePattern", "scheduler:*");
    }

    /** Where webhooks and admin are served. */
    public int httpPort() {
        return port(VertxPlatformHttpRouter::isMainServer);
    }

    /** Where health and metrics are served; Camel serves them with the rest if both ports are set to 0. */
    public int managementPort() {
        return port(VertxPlatformHttpRouter::isManagementServer);
    }

    private int port(Predicate<VertxPlatformHttpRouter> server) {
        var routers = camel().getRegistry().findByType(VertxPlatformHttpRouter.class);
        return routers.stream()
                .filter(server)
                .findFirst()
                .or(() -> routers.stream().findFirst())
                .map(router -> router.getServer().getPort())
                .orElseThrow(() -> new IllegalStateException("no HTTP server is running"));
    }

    /** What the routes run in. */
    public CamelContext camel() {
        return main.getCamelContext();
    }

    /** What is wrong with files and jars that were added to the shipped routes: file, line and reason; all others run. */
    public List<String> dropInProblems() {
        return dropIns.problems();
    }

    /** Returns when the CRM's database is open and its schema up to date, or known to be away. */
    public void awaitCrm() {
        crmOpening.join();
    }

    /** Depths of both queues and the like. */
    public Records records() {
        return records;
    }

    /** The rows of crm_lead, by column name. */
    List<Map<String, Object>> leads() {
        return JdbcClient.create(crm.dataSource())
                .sql("SELECT name, stage, score, company, company_size, industry, first_message FROM crm_lead"
                        + " ORDER BY contact_id")
                .query()
                .listOfRows();
    }

    /** Stops taking webhooks, finishes what is in hand, and closes the databases. */
    @Override
    public void close() {
        main.stop();
        // Camel leaves the servers' threads running.
        vertx.close().toCompletionStage().toCompletableFuture().join();
        writer.close();
        inboxWriter.close();
        brokers.close();
        answers.shutdown();
        workers.shutdown();
        Stream.of(crmOpening, takenOver)
                .forEach(part -> part.handle((done, failure) -> done).join());
        crm.close();
        database.close();
        processMetrics.close();
        if (tracing.isPresent()) {
            tracing.get().close();
        }
    }

    /** Something that is needed from the start is not there; the message says what. */
    static final class StartException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StartException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
