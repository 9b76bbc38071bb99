package io.leadroutes.chatwoot;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.Failures;
import io.leadroutes.store.Linger;
import io.leadroutes.store.LogFields;
import io.leadroutes.store.Outbox;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes wishes out of the outbox for a route, only as many as can be sent at once, and notes what became of each. So the
 * choice of the most urgent one is made when it can be sent, not when it was wished.
 */
public final class Dispatcher {
    /** Reason of dead letters that no repetition can grant, whoever refuses them. */
    static final String IMPOSSIBLE = "impossible";

    /** After as many that went first, the one that has waited longest has its turn, so that none starves. */
    private static final int OVERTAKERS = 11;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration LONGEST_ROUND = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Outbox outbox;
    private final Function<ToIntFunction<Urgency>, List<Delivery>> claim;
    private final Supplier<List<Delivery>> claimOldest;
    private final ToIntFunction<Urgency> permits;
    private final BiConsumer<List<Delivery>, String> asked;
    private final BulkActions bulkActions;
    private final int concurrency;
    private int sinceOldest;
    private final AtomicInteger inHand = new AtomicInteger();
    private final AtomicInteger escalationsInHand = new AtomicInteger();
    private final Clock clock;

    /** Since when nobody has asked for wishes; absent while somebody does, which may have to wait for the database. */
    private volatile Optional<Instant> idleSince;

    /**
     * @param claim takes at most so many due wishes, by their urgency
     * @param claimOldest takes the one that has waited longest, if that is longer than {@link #patience}
     * @param permits how many of this urgency may be sent now
     * @param asked is told of wishes whose call has put a job into Chatwoot's queue, and of the answer
     * @param bulkActions is told of shared calls that failed
     * @param concurrency how many may be in hand at once
     */
    public Dispatcher(
            Outbox outbox,
            Function<ToIntFunction<Urgency>, List<Delivery>> claim,
            Supplier<List<Delivery>> claimOldest,
            ToIntFunction<Urgency> permits,
            BiConsumer<List<Delivery>, String> asked,
            BulkActions bulkActions,
            int concurrency,
            Clock clock) {
        this.outbox = outbox;
        this.claim = claim;
        this.claimOldest = claimOldest;
        this.permits = permits;
        this.asked = asked;
        this.bulkActions = bulkActions;
        this.concurrency = concurrency;
        this.clock = clock;
        idleSince = Optional.of(clock.instant());
    }

    /** Since when no route has asked for wishes, if that is for longer than a route that lives needs between two rounds. */
    public Optional<Instant> deadSince() {
        return idleSince.filter(since -> since.plus(LONGEST_ROUND).isBefore(clock.instant()));
    }

    /** What has not waited so long yet, can wait for its lane: a minute longer than for others that share its call. */
    public static Duration patience(Linger linger) {
        return linger.longest().plus(PATIENCE);
    }

    /** The wishes to be sent now, perhaps none. For one thread. */
    public List<Delivery> next() {
        idleSince = Optional.empty();
        try {
            return claimed();
        } finally {
            idleSince = Optional.of(clock.instant());
        }
    }

    private List<Delivery> claimed() {
        int taken = inHand.get();
        int escalations = escalationsInHand.get();
        // What is in hand may not have taken its permit yet: without it, wishes would wait before the throttle, and a
        // more urgent one behind them. What an escalation may have, nobody else in hand takes.
        ToIntFunction<Urgency> room = urgency -> Math.min(
                atOnce(urgency) - taken,
                permits.applyAsInt(urgency) - (urgency == Urgency.ESCALATION ? escalations : taken));
        List<Delivery> deliveries = List.of();
        if (sinceOldest >= OVERTAKERS && room.applyAsInt(Urgency.ESCALATION) > 0) {
            deliveries = claimOldest.get();
            sinceOldest = 0;
        }
        if (deliveries.isEmpty()) {
            deliveries = claim.apply(room);
            sinceOldest += deliveries.size();
        }
        deliveries.forEach(delivery -> inHand(delivery, 1));
        return deliveries;
    }

    /** One sender is left to escalations: the others may wait for the answer of a slow server. */
    private int atOnce(Urgency urgency) {
        return urgency == Urgency.ESCALATION ? concurrency : Math.max(1, concurrency - 1);
    }

    /** @param answer what came back; null if nothing had to be sent */
    public void done(Delivery delivery, Object answer) {
        if (answer instanceof ApiAnswer queued && queued.isQueued() && !(delivery.wish() instanceof Wish.Call)) {
            asked.accept(delivery.all(), String.valueOf(answer));
            LOG.atInfo()
                    .addKeyValue(LogFields.ACTION, "wishes-asked-for")
                    .addKeyValue(
                            LogFields.WISH,
                            delivery.all().stream()
                                    .map(one -> Long.toString(one.id()))
                                    .collect(Collectors.joining(",")))
                    .log(
                            "{} conversation(s): {} asked for by one call",
                            delivery.all().size(),
                            delivery.kind());
        } else {
            delivery.all().forEach(one -> granted(one, answer));
        }
    }

    private void granted(Delivery delivery, Object answer) {
        outbox.done(delivery, answer == null ? Outbox.ALREADY_SO : String.valueOf(answer));
        LOG.atInfo()
                .addKeyValue(
                        LogFields.ACTION,
                        delivery.destination().equals(Wish.CHATWOOT) ? "wish-granted" : "lead-delivered")
                .addKeyValue(LogFields.CONVERSATION, delivery.conversationId())
                .addKeyValue(LogFields.WISH, delivery.id())
                .log("{} {}", delivery.kind(), answer == null ? "was already so" : "done");
    }

    /** Puts the wish back or sets it aside, as its failure asks for. */
    public void failed(Delivery delivery, Exception failure) {
        boolean wasReached = !(failure instanceof ChatwootException.Paused paused) || paused.reached();
        if (delivery.isByMacro() && wasReached && !(failure instanceof ChatwootException.Rejected)) {
            // It may be in Chatwoot's queue all the same; a second execution would write a second note.
            asked.accept(delivery.all(), Failures.kind(failure) + ": " + failure.getMessage());
            LOG.warn("macro for {} wishes: {}", delivery.all().size(), Failures.kind(failure));
        } else if (delivery.isShared() && !(failure instanceof ChatwootException.Paused)) {
            // Perhaps because of one of them, or because this token may not: each has a call of its own now.
            bulkActions.failed(failure);
            delivery.all().forEach(one -> outbox.retryLater(one, String.valueOf(failure.getMessage())));
            LOG.warn("{} conversations: {} failed: {}", delivery.all().size(), delivery.kind(), Failures.kind(failure));
        } else {
            delivery.all().forEach(one -> failedAlone(one, failure));
        }
    }

    private void failedAlone(Delivery delivery, Exception failure) {
        LOG.warn("conversation {}: {} failed: {}", delivery.conversationId(), delivery.kind(), Failures.kind(failure));
        if (failure instanceof ChatwootException.Paused paused) {
            outbox.retryAt(delivery, paused.until(), paused.reached(), failure.getMessage());
        } else if (failure instanceof ChatwootException.Rejected rejected) {
            outbox.dead(delivery, rejected.reason(), rejected.getMessage());
        } else if (failure instanceof IllegalArgumentException) {
            outbox.dead(delivery, IMPOSSIBLE, String.valueOf(failure.getMessage()));
        } else {
            outbox.retryLater(delivery, Failures.kind(failure) + ": " + failure.getMessage());
        }
    }

    /** The wish has left the route, one way or the other. */
    public void finished(Delivery delivery) {
        inHand(delivery, -1);
    }

    private void inHand(Delivery delivery, int more) {
        inHand.addAndGet(more);
        if (delivery.urgency() == Urgency.ESCALATION) {
            escalationsInHand.addAndGet(more);
        }
    }
}
