package io.leadroutes.chatwoot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether Chatwoot refuses our token. While it does, no call is made but one probe a minute, because every other
 * call would be refused as well (CONTRACT section 3.1; notes, reliability, section 7); the first call that shows that the
 * token is known again ends it.
 *
 * <p>Thread-safe. Watches this process's calls only.
 */
public final class TokenWatch {
    private static final Duration PROBE_INTERVAL = Duration.ofMinutes(1);
    private static final int REFUSED = 401;
    private static final Logger LOG = LoggerFactory.getLogger(TokenWatch.class);

    private record Refused(Instant since, String told) {}

    private final Requests requests;
    private final Clock clock;
    private Optional<Refused> refused = Optional.empty();
    private Instant nextProbe = Instant.MIN;

    public TokenWatch(Requests requests, Clock clock) {
        this.requests = requests;
        this.clock = clock;
    }

    /** Since when the token is refused; absent if it is not, as far as is known. */
    public synchronized Optional<Instant> refusedSince() {
        return refused.map(Refused::since);
    }

    public boolean isRefused() {
        return refusedSince().isPresent();
    }

    /** The call that finds out whether the token works again; null if none is to be made now. */
    public synchronized ApiRequest probe() {
        Instant now = clock.instant();
        if (refused.isEmpty() || now.isBefore(nextProbe)) {
            return null;
        }
        nextProbe = now.plus(PROBE_INTERVAL);
        return requests.probeToken();
    }

    /**
     * Lets a request pass.
     *
     * @throws ChatwootException.Paused while the token is refused, to anything but the probe
     */
    synchronized void admit(ApiRequest request) throws ChatwootException.Paused {
        if (refused.isPresent() && !request.verb().equals(Requests.PROBE_TOKEN)) {
            throw new ChatwootException.Paused(refused.get().told(), REFUSED, nextProbe, false);
        }
    }

    /**
     * A call was answered that its token is not known.
     *
     * @param told what is said of all calls that are not made for it
     * @return what the refused call is to be told
     */
    synchronized ChatwootException.Paused refused(String told) {
        if (refused.isEmpty()) {
            Instant now = clock.instant();
            nextProbe = now.plus(PROBE_INTERVAL);
            refused = Optional.of(new Refused(now, told));
            LOG.error("Chatwoot refuses the token ({}); no call is made but one a minute that tries it", told);
        }
        return new ChatwootException.Paused(told, REFUSED, nextProbe, false);
    }

    /** A call was answered in a way that shows that its token is known. */
    synchronized void accepted() {
        refused.ifPresent(r -> LOG.info("Chatwoot takes the token again, after it was refused since {}", r.since()));
        refused = Optional.empty();
    }
}
