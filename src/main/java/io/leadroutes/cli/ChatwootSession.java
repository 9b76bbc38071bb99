package io.leadroutes.cli;

import io.leadroutes.chatwoot.ApiAnswer;
import io.leadroutes.chatwoot.ApiRequest;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.ChatwootHeaders;
import io.leadroutes.chatwoot.Gateway;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.chatwoot.TokenWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.springframework.core.NestedRuntimeException;

/**
 * The gateway route {@code chatwoot-api} and nothing else of the product: no servers, no schedulers. So a command's calls
 * pass the same throttle and are told apart in the same way as those of the product (invariant 7).
 */
final class ChatwootSession implements AutoCloseable {
    private static final String GATEWAY_FILE = "chatwoot.camel.yaml";
    private static final String GATEWAY = "chatwoot-api";

    /** What the server may put off one call before it is given up. */
    private static final int MAX_PAUSES = 30;

    /** As in the route configuration {@code repeatable-call}. */
    private static final int BACK_OFF = 3;

    /** The POSTs that have the same effect once and twice (CONTRACT section 4); every other method has. */
    private static final Set<String> REPEATABLE_POSTS = Set.of(
            "set-labels",
            "set-attributes",
            "set-priority",
            "set-status",
            "assign-team",
            "assign-agent",
            "unassign",
            "remove-contact-attributes",
            "set-contact-labels",
            "add-team-members",
            "bulk-update");

    private final Main main = new Main();
    private final Clock clock;
    private final Waiting waiting;
    private final CommandBudget budget;
    private final int redeliveries;
    private final Duration redeliveryDelay;
    private final ProducerTemplate template;

    private ChatwootSession(Settings settings, Clock clock, Waiting waiting) {
        this.clock = clock;
        this.waiting = waiting;
        redeliveries = settings.number("chatwoot.redeliveries");
        redeliveryDelay = Duration.ofMillis(settings.number("chatwoot.redelivery-delay-ms"));
        budget = CommandBudget.open(settings, clock);
        main.bind("budget", budget.budget());
        TokenWatch tokenWatch = new TokenWatch(new Requests(settings.accountId()), clock);
        main.bind(
                "gateway",
                new Gateway(
                        settings.text("chatwoot.api-token"),
                        tokenWatch,
                        budget.budget(),
                        clock,
                        delivery -> true,
                        (verb, status) -> {}));
        main.bind("chatwootHeaders", new ChatwootHeaders());
        // Without Camel's own hook, which would wait for a call that waits for the budget: a signal ends a command at
        // once.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        configure(settings);
        main.start();
        template = main.getCamelContext().createProducerTemplate();
    }

    /**
     * Makes no call.
     *
     * @param waiting is asked to wait for what the server or an outage puts off
     * @throws Settings.SettingsException if the folder of the routes has no gateway
     */
    static ChatwootSession open(Settings settings, Clock clock, Waiting waiting) {
        Path file = gatewayFile(settings);
        if (!Files.isReadable(file)) {
            throw new Settings.SettingsException(List.of(file + ": there is no such file; expected the route " + GATEWAY
                    + " in the folder that routes.directory (ROUTES_DIRECTORY) names"));
        }
        return new ChatwootSession(settings, clock, waiting);
    }

    private static Path gatewayFile(Settings settings) {
        return Path.of(settings.text("routes.directory"), GATEWAY_FILE);
    }

    private void configure(Settings settings) {
        main.setDefaultPropertyPlaceholderLocation(
                "file:application.properties;optional=true,classpath:application.properties;optional=true");
        settings.asProperties().forEach(main::addOverrideProperty);
        main.addOverrideProperty("chatwoot.base-url", settings.baseUrl());
        main.addOverrideProperty("camel.main.routesIncludePattern", "file:" + gatewayFile(settings));
        main.addOverrideProperty("camel.main.routeFilterIncludePattern", GATEWAY);
        main.addOverrideProperty("camel.server.enabled", "false");
        main.addOverrideProperty("camel.management.enabled", "false");
        main.addOverrideProperty("camel.metrics.enabled", "false");
    }

    /**
     * The answer to one request. Waits out what the server puts off (429), and repeats a short outage where that is
     * safe, as often as {@code chatwoot.redeliveries} says.
     *
     * @throws ChatwootException as the gateway has it: Rejected; Unavailable and Paused when patience has ended; Paused
     *     at once when the token is refused
     * @throws IOException if no answer came; the request may have had its effect
     */
    ApiAnswer send(ApiRequest request) throws ChatwootException, IOException, InterruptedException {
        int pauses = 0;
        int outages = 0;
        Duration delay = redeliveryDelay;
        while (true) {
            try {
                return attempt(request);
            } catch (ChatwootException.Paused e) {
                boolean isSafe = !e.reached() || isRepeatable(request);
                if (Refusal.of(e).isOfToken() || !isSafe || ++pauses > MAX_PAUSES) {
                    throw e;
                }
                waiting.until(e.until());
            } catch (ChatwootException.Unavailable | IOException e) {
                if (!isRepeatable(request) || ++outages > redeliveries) {
                    throw e;
                }
                waiting.until(clock.instant().plus(delay));
                delay = delay.multipliedBy(BACK_OFF);
            }
        }
    }

    private ApiAnswer attempt(ApiRequest request) throws ChatwootException, IOException {
        Exchange exchange = template.send(
                "direct:" + GATEWAY, prepared -> prepared.getMessage().setBody(request));
        Exception failure = exchange.getException();
        if (failure instanceof ChatwootException refused) {
            throw refused;
        }
        if (failure instanceof IOException broken) {
            throw broken;
        }
        if (failure instanceof NestedRuntimeException unusable) {
            throw new IOException("the budget in database.url cannot be used: "
                    + unusable.getClass().getSimpleName());
        }
        if (failure != null) {
            throw new IllegalStateException(request.verb() + " could not be sent", failure);
        }
        return exchange.getMessage().getBody(ApiAnswer.class);
    }

    private static boolean isRepeatable(ApiRequest request) {
        return !request.method().equals("POST") || REPEATABLE_POSTS.contains(request.verb());
    }

    /** Which budget its calls count against. */
    String budget() {
        return budget.told();
    }

    /** The ids of the routes that run. */
    List<String> routes() {
        return main.getCamelContext().getRoutes().stream().map(Route::getId).toList();
    }

    @Override
    public void close() {
        main.stop();
        budget.close();
    }
}
