package io.leadroutes.cli;

import io.leadroutes.cli.ConversationRun.FailedException;
import io.leadroutes.cli.ConversationRun.StoppedException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The webhook door of a running leadroutes, for messages that are handed over in bulk. */
final class Inlet implements BackfillRun.Taker {
    /** What a restart of leadroutes may take. */
    private static final int MAX_REPETITIONS = 30;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String address;
    private final WebhookPost post;
    private final Clock clock;
    private final Waiting waiting;

    /**
     * @param url where webhooks are taken; the settings' token is added unless it has a query
     * @param waiting is asked to wait while leadroutes is away
     */
    Inlet(URI url, Settings settings, Clock clock, Waiting waiting) {
        this.address = Lines.address(url.toString());
        this.post = new WebhookPost(
                withToken(url, settings.optional("webhook.token")),
                settings.list("webhook.secrets").stream().findFirst(),
                clock);
        this.clock = clock;
        this.waiting = waiting;
    }

    private static URI withToken(URI url, Optional<String> token) {
        return token.isPresent() && url.getQuery() == null
                ? URI.create(url + "?secret=" + URLEncoder.encode(token.get(), StandardCharsets.UTF_8))
                : url;
    }

    @Override
    public void take(long conversation, List<byte[]> bodies)
            throws FailedException, StoppedException, InterruptedException {
        for (byte[] body : bodies) {
            int status = post(body);
            switch (status) {
                case 200 -> {
                    // It is on its disk.
                }
                case 400, 413 ->
                    throw new FailedException("leadroutes answers a message with " + status + "; its log says why");
                case 401 ->
                    throw new StoppedException(address + " answers 401; expected webhook.secrets or"
                            + " webhook.token to be as the running leadroutes has them");
                case 403 ->
                    throw new StoppedException(address + " answers 403; expected a leadroutes of the same account");
                default ->
                    throw new StoppedException(address + " answers " + status
                            + "; expected where a running leadroutes takes webhooks (--to)");
            }
        }
    }

    private int post(byte[] body) throws StoppedException, InterruptedException {
        String why = "503";
        for (int tries = 0; tries <= MAX_REPETITIONS; tries++) {
            try {
                int status = post.post(body);
                if (status != 503) {
                    return status;
                }
            } catch (IOException e) {
                why = "no answer: " + Lines.plain(String.valueOf(e.getMessage()));
            }
            waiting.until(clock.instant().plus(PAUSE));
        }
        throw new StoppedException(
                address + " does not take it (" + why + "); expected a running leadroutes there, or --to its address");
    }
}
