package io.leadroutes.ops;

import io.leadroutes.ops.Admin.RefusedException;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Operators who have signed in at the page: a cookie holds a random id, never the token. A session ends when it is not used
 * for {@link #IDLE}, after {@link #LONGEST} in any case, with the process, or when so many others were used later.
 * Thread-safe.
 */
public final class Sessions {
    static final Duration IDLE = Duration.ofMinutes(30);
    static final Duration LONGEST = Duration.ofHours(12);
    static final int MAX_SESSIONS = 100;

    private static final String COOKIE = "leadroutes_session";
    private static final int ID_BYTES = 32;

    private record Session(Instant begun, Instant used) {}

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
            return size() > MAX_SESSIONS;
        }
    };

    public Sessions(Clock clock) {
        this.clock = clock;
    }

    /** Begins one; returns the cookie for it. Only a page that came by https gets it marked as such. */
    String begin(HttpServerRequest request) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(id);
        Instant now = clock.instant();
        synchronized (this) {
            sessions.put(text, new Session(now, now));
        }
        return cookie(request, text, LONGEST);
    }

    /** Ends the request's session if it has one; returns the cookie that takes its own away. */
    String end(HttpServerRequest request) {
        id(request).ifPresent(this::forget);
        return cookie(request, "", Duration.ZERO);
    }

    private synchronized void forget(String id) {
        sessions.remove(id);
    }

    /**
     * True if the request comes with the cookie of a session that goes on.
     *
     * @throws RefusedException 403 if it does, would change something and comes from a page that is not ours: a browser sends
     *     the cookie whoever asks it to
     */
    boolean admits(HttpServerRequest request) throws RefusedException {
        if (id(request).filter(this::use).isEmpty()) {
            return false;
        }
        if (request.method() != HttpMethod.GET && !isFromOurPage(request)) {
            throw new RefusedException(403, "only the page itself may do this with its cookie");
        }
        return true;
    }

    private synchronized boolean use(String id) {
        Session session = sessions.get(id);
        Instant now = clock.instant();
        if (session == null) {
            return false;
        }
        if (session.used.plus(IDLE).isBefore(now) || session.begun.plus(LONGEST).isBefore(now)) {
            sessions.remove(id);
            return false;
        }
        sessions.put(id, new Session(session.begun, now));
        return true;
    }

    /** What browsers say of the page that asks, and pages cannot change; without https older ones and all say the origin only. */
    private static boolean isFromOurPage(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return site.equals("same-origin");
        }
        String origin = request.getHeader("Origin");
        String host = request.getHeader("Host");
        return origin != null && (origin.equals("http://" + host) || origin.equals("https://" + host));
    }

    private static Optional<String> id(HttpServerRequest request) {
        return Optional.ofNullable(request.getCookie(COOKIE)).map(Cookie::getValue);
    }

    /** The browser itself says whether the page came by https, whatever proxies are between. */
    private static String cookie(HttpServerRequest request, String value, Duration lasts) {
        boolean isHttps = Optional.ofNullable(request.getHeader("Origin"))
                .filter(origin -> origin.startsWith("https://"))
                .isPresent();
        return COOKIE + "=" + value + "; Path=/admin; Max-Age=" + lasts.toSeconds() + "; HttpOnly; SameSite=Strict"
                + (isHttps ? "; Secure" : "");
    }
}
