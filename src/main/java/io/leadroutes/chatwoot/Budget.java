package io.leadroutes.chatwoot;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.Linger;
import io.leadroutes.store.Permits;
import io.leadroutes.store.Permits.Lowered;
import io.leadroutes.store.Permits.Standing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.camel.Exchange;

/**
 * The calls per minute that Chatwoot allows us. A permit is held from the sending of a request until a minute after its
 * answer, so that no minute of the server's holds more than the limit, whichever way its clock is set (notes,
 * reliability, section 4). The {@code throttle} in the gateway route is the visible gate; behind it each call waits here
 * for its permit.
 *
 * <p>Permits are in the database, where there is one: restarts do not begin afresh, replicas share them. A 429 is possible
 * all the same, when somebody else calls from our address: then the limit is halved, and grows back by a sixtieth of
 * itself each minute.
 *
 * <p>Thread-safe.
 */
public final class Budget {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Longer than any call takes: three time limits of 5 to 15 s, and the body. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(4);

    private static final Instant OPEN = Instant.MAX;

    /** The calls of one escalation that find a permit at once, or as fast as permits come back. */
    private static final int ESCALATION_CALLS = 5;

    private static final int LIMITS_PER_RESERVE = 12;

    /** What other processes have taken is looked up this often while nothing is sent. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private static final Duration LONGEST_LINGER = Duration.ofMinutes(1);

    /** Of so many permits one may be held before anything lingers. */
    private static final int UNHURRIED = 6;

    /** Labels share calls soon; what attributes wait for, another change of the same conversation, takes longer. */
    private static final int ATTRIBUTES_LINGER = 3;

    /** Where the fewest calls are wanted, what shares a call waits as long as so many permits take to come back ... */
    private static final int BATCHED_CALLS = 120;

    /** ... and what is only merged, so long. */
    private static final int MERGED_CALLS = 240;

    private static final long WAIT_MS = 10;
    private static final String PERMIT = "permit";

    /** Set by the gateway when it lets the request go. */
    static final String SENT = "sent";

    /** Set by the route that grants wishes. */
    private static final String DELIVERY = "delivery";

    private final int configured;
    private final Clock clock;
    private final Optional<Permits> stored;
    private final Urgency lane;

    private final Held held = new Held();
    private Optional<Lowered> lowered = Optional.empty();
    private Instant pausedUntil = Instant.MIN;
    private Instant lookedAt = Instant.MIN;
    private Instant lastTakenAt = Instant.MIN;
    private long lastId;

    /**
     * A budget of this process only.
     *
     * @param limit calls per minute
     */
    public Budget(int limit, Clock clock) {
        this(limit, clock, Optional.empty(), Urgency.QUALIFICATION);
    }

    /** One that is shared with others on the same database, to be {@link #start started} before a call is made. */
    public Budget(int limit, Clock clock, Permits stored) {
        this(limit, clock, Optional.of(stored), Urgency.QUALIFICATION);
    }

    private Budget(int limit, Clock clock, Optional<Permits> stored, Urgency lane) {
        this.configured = limit;
        this.clock = clock;
        this.stored = stored;
        this.lane = lane;
    }

    /**
     * One for a process that does what can wait, beside others on the same database.
     *
     * @throws org.springframework.dao.DataAccessException if the database has no budget
     */
    public static Budget beside(int limit, Clock clock, Permits stored) {
        Budget budget = new Budget(limit, clock, Optional.of(stored), Urgency.BACKFILL);
        budget.look(clock.instant(), stored);
        return budget;
    }

    /** Goes on where the process before this one stopped. */
    public Budget start() {
        Instant now = clock.instant();
        stored.ifPresent(permits -> {
            permits.endAbandoned(now.plus(WINDOW));
            look(now, permits);
        });
        return this;
    }

    /**
     * A request is sent now: waits until there is a permit for it, which for all but the calls of an escalation means one
     * beside those that are kept for escalations.
     */
    public void sending(Exchange exchange) throws InterruptedException {
        boolean isEscalation =
                exchange.getVariable(DELIVERY) instanceof Delivery delivery && delivery.urgency() == Urgency.ESCALATION;
        exchange.setVariable(SENT, false);
        exchange.setVariable(PERMIT, take(isEscalation ? Urgency.ESCALATION : lane));
    }

    /** The request was answered, or it is known that it will not be; one that the gateway did not send costs nothing. */
    public void answered(Exchange exchange) {
        long permit = exchange.getVariable(PERMIT, Long.class);
        if (exchange.getVariable(SENT, boolean.class)) {
            giveBack(permit);
        } else {
            giveBack(permit, clock.instant());
        }
    }

    long take(Urgency urgency) throws InterruptedException {
        long taken = await(urgency);
        try {
            // Beside the lock: those who take one at the same time wait for the disk together.
            stored.ifPresent(Permits::sync);
            return taken;
        } catch (RuntimeException e) {
            hold(taken, clock.instant());
            throw e;
        }
    }

    private synchronized long await(Urgency urgency) throws InterruptedException {
        OptionalLong taken = OptionalLong.empty();
        while (taken.isEmpty()) {
            if (isFree(urgency)) {
                taken = tryTake();
            } else {
                wait(WAIT_MS);
            }
        }
        return taken.getAsLong();
    }

    private synchronized void hold(long permit, Instant until) {
        held.hold(permit, until);
    }

    /** What can wait leaves one to those who do not look as often as who waits for it here. */
    synchronized boolean isFree(Urgency urgency) {
        boolean isLeft = urgency != Urgency.BACKFILL || free(Urgency.QUALIFICATION) > Math.min(1, limit() - 1);
        return isLeft && free(urgency) > 0;
    }

    /** A permit, absent if none is free. */
    synchronized OptionalLong tryTake() {
        Instant now = clock.instant();
        refresh(now);
        if (now.isBefore(pausedUntil) || held.size() >= limit(now)) {
            return OptionalLong.empty();
        }
        OptionalLong taken = stored.isPresent()
                ? stored.get()
                        .take(now, now.plus(LONGEST_CALL).plus(WINDOW), standing -> limit(standing.lowered(), now))
                : OptionalLong.of(++lastId);
        if (taken.isPresent()) {
            held.hold(taken.getAsLong(), OPEN);
            lastTakenAt = now;
        } else {
            stored.ifPresent(permits -> look(now, permits));
        }
        return taken;
    }

    void giveBack(long permit) {
        giveBack(permit, clock.instant().plus(WINDOW));
    }

    private void giveBack(long permit, Instant until) {
        hold(permit, until);
        stored.ifPresent(permits -> permits.keep(permit, until));
    }

    /** Nothing is to be sent before this time. */
    synchronized void pause(Instant until) {
        if (until.isAfter(pausedUntil)) {
            pausedUntil = until;
            stored.ifPresent(permits -> permits.pause(until));
        }
    }

    /** A 429: nothing is to be sent before this time, and less than before after it. */
    synchronized void refused(Instant until) {
        Instant now = clock.instant();
        // Several calls may be refused before the first answer stops the others.
        if (!now.isBefore(pausedUntil)) {
            Lowered half = new Lowered(Math.max(1, limit(now) / 2), now);
            lowered = Optional.of(half);
            stored.ifPresent(permits -> permits.lower(half));
        }
        pause(until);
    }

    /** How long nothing is to be sent because Chatwoot said so, in milliseconds; 0 if calls may be made. */
    public synchronized long pauseMs() {
        Instant now = clock.instant();
        // A millisecond more than cut off: who waits so long is not too early.
        return now.isBefore(pausedUntil) ? Duration.between(now, pausedUntil).toMillis() + 1 : 0;
    }

    /**
     * Calls of this urgency that may be sent now.
     *
     * <p>Escalations may use every permit. All others leave as many as an escalation needs to be sent at the pace of one call
     * each {@code 60 s / limit}, the first after half of that: where permits come back evenly, none has to lie idle for
     * it. Tagging, whose backlog may be long, is sent at that pace once half of the permits are held, so that they do come
     * back evenly.
     */
    public synchronized int free(Urgency urgency) {
        Instant now = clock.instant();
        refresh(now);
        int limit = limit(now);
        int free = limit - held.size();
        if (free <= 0 || now.isBefore(pausedUntil)) {
            return 0;
        }
        if (urgency == Urgency.ESCALATION) {
            return free;
        }
        Duration pace = WINDOW.dividedBy(limit);
        int allowed = beside(free, limit, pace, now);
        if (urgency == Urgency.QUALIFICATION) {
            return allowed;
        }
        int toHalf = limit / 2 - held.size();
        if (toHalf > 0) {
            return Math.min(allowed, toHalf);
        }
        return now.isBefore(lastTakenAt.plus(pace.multipliedBy(9).dividedBy(10))) ? 0 : Math.min(allowed, 1);
    }

    /**
     * How long a tagging wish waits at least, so that later ones are merged into it and others share its call: not at all
     * while five of six permits are free, a minute when none is.
     */
    public synchronized Duration linger() {
        refresh(clock.instant());
        int limit = limit();
        int over = held.size() - limit / UNHURRIED;
        return over <= 0 ? Duration.ZERO : LONGEST_LINGER.multipliedBy(over).dividedBy(limit - limit / UNHURRIED);
    }

    /**
     * The same for each kind of wish.
     *
     * @param isFewest true where the fewest calls are wanted, so that tags wait as long as 120 permits take to come back,
     *     and attributes as 240
     * @param fresh how long after it was received a snapshot is written on top of
     */
    public Linger linger(boolean isFewest, Duration fresh) {
        Duration linger = linger();
        Duration call = WINDOW.dividedBy(limit());
        return isFewest
                ? new Linger(
                        linger.dividedBy(2), call.multipliedBy(BATCHED_CALLS), call.multipliedBy(MERGED_CALLS), fresh)
                : new Linger(Duration.ZERO, linger, linger.multipliedBy(ATTRIBUTES_LINGER), fresh);
    }

    /** How many of the free permits may go while an escalation still finds its own in time. */
    private int beside(int free, int limit, Duration pace, Instant now) {
        int needed = Math.min(ESCALATION_CALLS, limit / LIMITS_PER_RESERVE);
        int allowed = free;
        for (int call = 1; call <= needed; call++) {
            Instant inTime = now.plus(pace.multipliedBy(2L * call - 1).dividedBy(2));
            allowed = Math.min(allowed, free + held.freeBy(inTime) - call);
        }
        return Math.max(0, allowed);
    }

    /** Calls per minute as things stand. */
    public synchronized int limit() {
        return limit(clock.instant());
    }

    private int limit(Instant now) {
        return limit(lowered, now);
    }

    private int limit(Optional<Lowered> lowered, Instant now) {
        long step = Math.max(1, configured / WINDOW.toSeconds());
        return lowered.map(
                        low -> low.to() + step * Duration.between(low.at(), now).toMinutes())
                .map(grown -> (int) Math.min(configured, grown))
                .orElse(configured);
    }

    /** Permits that are held: calls in flight and those of the last minute. */
    public synchronized int used() {
        refresh(clock.instant());
        return held.size();
    }

    private void refresh(Instant now) {
        held.endBy(now);
        if (lookedAt.isBefore(now.minus(LOOK_EVERY))) {
            stored.filter(Permits::isShared).ifPresent(permits -> look(now, permits));
        }
    }

    /** What this process has open, is open whatever the database says. */
    private void look(Instant now, Permits permits) {
        Standing standing = permits.standing(now);
        held.endBefore(OPEN);
        standing.held().forEach(held::holdUnlessHeld);
        lowered = standing.lowered();
        pausedUntil = standing.pausedUntil();
        lookedAt = now;
    }
}
