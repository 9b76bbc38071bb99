package io.leadroutes.chatwoot;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.Observed;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Values;
import io.leadroutes.event.Decoded;
import io.leadroutes.event.Event;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.event.Message;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Snapshot;
import io.leadroutes.event.Snapshot.Ref;
import io.leadroutes.store.Backoff;
import io.leadroutes.store.Conversations;
import io.leadroutes.store.Failures;
import io.leadroutes.store.Gaps;
import io.leadroutes.store.Inbox;
import io.leadroutes.store.NewEvent;
import io.leadroutes.store.Outbox;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what webhooks should have told and did not, because Chatwoot sends each once (CONTRACT section 1), and puts it into
 * the inbox as events that have the same meaning: a webhook that comes late has no second effect (invariant 2).
 *
 * <p>A run lists the conversations that changed since all was known, and reads the messages of those of which Chatwoot shows
 * a newer state than we have. After a recorded gap it also reads those that told something since it began, because a later
 * webhook hides the loss of an earlier one. One {@link #next} is one call; the route makes it. A run that is cut short is
 * begun anew; what it has found is in the inbox.
 *
 * <p>Calls take at most a tenth of the rate limit, and wait while the wishes that are due need the permits that are free.
 */
public final class Reconciler {
    /** A webhook needs its time: what is younger than this is not lost yet. */
    static final Duration SETTLED = Duration.ofSeconds(10);

    /** Looked at twice, because clocks differ. */
    private static final Duration OVERLAP = Duration.ofMinutes(1);

    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(1);
    private static final int SHARE = 10;

    // Full pages of messages (CONTRACT section 3.4).
    private static final int MESSAGES_AFTER = 100;
    private static final int MESSAGES_BEFORE = 20;

    private static final int IDS_PER_QUERY = 500;

    private static final Set<Message.Type> TOLD =
            Set.of(Message.Type.INCOMING, Message.Type.OUTGOING, Message.Type.TEMPLATE);

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private final Gaps gaps;
    private final Inbox inbox;
    private final Conversations conversations;
    private final Outbox outbox;
    private final Requests requests;
    private final Budget budget;
    private final TokenWatch tokenWatch;
    private final WebhookBodies bodies;
    private final EventDecoder decoder = new EventDecoder();
    private final long accountId;
    private final Duration every;
    private final boolean alone;
    private final Consumer<String> lost;
    private final Clock clock;
    private final String holder = UUID.randomUUID().toString();
    private final Deque<Instant> calls = new ArrayDeque<>();
    private final Backoff backoff;

    private Instant notBefore = Instant.MIN;
    private Optional<Run> run = Optional.empty();

    /**
     * @param every how often to look when no gap is known; zero for never, and not after gaps either
     * @param alone true if no other process uses the database
     * @param lost is told the event of each webhook that was lost
     */
    public Reconciler(
            Gaps gaps,
            Inbox inbox,
            Conversations conversations,
            Outbox outbox,
            Requests requests,
            Budget budget,
            TokenWatch tokenWatch,
            long accountId,
            Duration every,
            boolean alone,
            Consumer<String> lost,
            Clock clock) {
        this.gaps = gaps;
        this.inbox = inbox;
        this.conversations = conversations;
        this.outbox = outbox;
        this.requests = requests;
        this.budget = budget;
        this.tokenWatch = tokenWatch;
        this.bodies = new WebhookBodies(accountId);
        this.accountId = accountId;
        this.every = every;
        this.alone = alone;
        this.lost = lost;
        this.clock = clock;
        this.backoff = new Backoff("lost webhooks cannot be looked for", clock);
    }

    /** One look at what changed; mutable, in one thread's hand. */
    private static final class Run {
        private final Gaps.Since since;
        private final Instant listedAt;
        private final Deque<Suspect> suspects = new ArrayDeque<>();
        private boolean isListed;

        Run(Gaps.Since since, Instant listedAt) {
            this.since = since;
            this.listedAt = listedAt;
        }
    }

    /** A listed conversation: as it came, and what that says. */
    private record Listed(JsonNode json, Snapshot snapshot, OptionalLong contactId) {}

    /** A conversation that may have lost something, and the messages of it read so far, oldest first. */
    private static final class Suspect {
        private final JsonNode json;
        private final Snapshot snapshot;
        private final OptionalLong contactId;
        private final List<JsonNode> messages = new ArrayList<>();
        private OptionalLong after;
        private OptionalLong before = OptionalLong.empty();

        Suspect(Listed listed, OptionalLong after) {
            json = listed.json;
            snapshot = listed.snapshot;
            contactId = listed.contactId;
            this.after = after;
        }
    }

    /** The call to be made now; null if there is none, no room for it, or another replica does the work. */
    public synchronized ApiRequest next() {
        return backoff.ask(this::nextCall, null);
    }

    private ApiRequest nextCall() {
        Instant now = clock.instant();
        if (every.isZero() || now.isBefore(notBefore) || !mayCall(now) || !isDue(now)) {
            return null;
        }
        if (!gaps.hold(holder, now.plus(LEASE), alone)) {
            run = Optional.empty();
            return null;
        }
        calls.addLast(now);
        if (run.isPresent() && run.get().isListed) {
            Suspect suspect = run.get().suspects.element();
            return requests.listMessages(suspect.snapshot.id(), suspect.before, suspect.after);
        }
        run = Optional.of(new Run(gaps.since(), now));
        Duration within = Duration.between(run.get().since.from(), now).plus(OVERLAP);
        return requests.listUpdatedConversations(Math.max(1, within.toSeconds() + 1));
    }

    private boolean isDue(Instant now) {
        return run.isPresent()
                || gaps.isDue(now.minus(SETTLED), now.minus(SETTLED).minus(every));
    }

    private boolean mayCall(Instant now) {
        while (!calls.isEmpty() && !calls.peekFirst().plus(WINDOW).isAfter(now)) {
            calls.removeFirst();
        }
        int free = tokenWatch.isRefused() ? 0 : budget.free(Urgency.BACKFILL);
        return free > 0 && calls.size() < Math.max(1, budget.limit() / SHARE) && outbox.dueForChatwoot(free) < free;
    }

    /** Takes the answer to the call of {@link #next}. */
    public synchronized void answer(ApiAnswer answer) throws ChatwootException {
        Run current = run.orElseThrow();
        if (current.isListed) {
            read(current, RawAnswers.messages(answer));
        } else {
            current.suspects.addAll(suspects(current, RawAnswers.conversations(answer)));
            current.isListed = true;
        }
        endIfDone(current);
    }

    private void endIfDone(Run current) {
        if (current.suspects.isEmpty()) {
            gaps.done(holder, current.since, current.listedAt.minus(SETTLED));
            run = Optional.empty();
        }
    }

    private List<Suspect> suspects(Run current, List<JsonNode> listed) {
        List<Suspect> suspects = new ArrayList<>();
        for (int i = 0; i < listed.size(); i += IDS_PER_QUERY) {
            List<JsonNode> some = listed.subList(i, Math.min(listed.size(), i + IDS_PER_QUERY));
            Map<Long, Gaps.Known> known = gaps.known(
                    accountId,
                    some.stream().map(json -> json.path("id").asLong()).toList());
            for (JsonNode json : some) {
                listed(json)
                        .filter(one -> isSuspect(current, one.snapshot, known.get(one.snapshot.id())))
                        .map(one -> new Suspect(one, lastMessageBefore(current, one.snapshot.id())))
                        .ifPresent(suspects::add);
            }
        }
        return suspects;
    }

    private Optional<Listed> listed(JsonNode json) {
        Event event = decoder.decode(bodies.conversation("conversation_updated", json))
                .event();
        return event.conversation().map(snapshot -> new Listed(json, snapshot, event.contactId()));
    }

    private static boolean isSuspect(Run current, Snapshot snapshot, Gaps.Known known) {
        if (known == null) {
            return true;
        }
        long settled = micros(current.listedAt.minus(SETTLED));
        boolean isNewer =
                known.versionMicros() < Math.min(snapshot.updatedAtMicros().orElse(settled), settled);
        boolean mayHideALoss = current.since.gapFrom().isPresent()
                && known.receivedAt()
                        .filter(current.since.gapFrom().get()::isBefore)
                        .isPresent();
        return isNewer || mayHideALoss;
    }

    private static Instant begin(Run current) {
        return current.since.from().minus(OVERLAP);
    }

    private OptionalLong lastMessageBefore(Run current, long conversation) {
        return gaps.lastMessage(accountId, conversation, micros(begin(current)));
    }

    private static long micros(Instant time) {
        return TimeUnit.SECONDS.toMicros(time.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(time.getNano());
    }

    /** Onwards from the last message that is known, else back from the newest until those before the gap. */
    private void read(Run current, List<JsonNode> page) {
        Suspect suspect = current.suspects.element();
        boolean isLast;
        if (suspect.after.isPresent()) {
            suspect.messages.addAll(page);
            isLast = page.size() < MESSAGES_AFTER;
            if (!isLast) {
                suspect.after =
                        OptionalLong.of(page.get(page.size() - 1).path("id").asLong());
            }
        } else {
            List<JsonNode> young = page.stream()
                    .filter(message -> isSince(current, suspect, message))
                    .toList();
            suspect.messages.addAll(0, young);
            isLast = page.size() < MESSAGES_BEFORE || young.size() < page.size();
            if (!isLast) {
                suspect.before = OptionalLong.of(page.get(0).path("id").asLong());
            }
        }
        if (isLast) {
            current.suspects.remove();
            recover(suspect);
        }
    }

    private boolean isSince(Run current, Suspect suspect, JsonNode message) {
        OptionalLong made =
                decoder.decode(bodies.message(suspect.json, message)).event().versionMicros();
        return made.isEmpty() || made.getAsLong() >= micros(begin(current));
    }

    /** Puts what is missing into the inbox: the messages that are not there, then the state if it is another. */
    private void recover(Suspect suspect) {
        Optional<ConversationState> state = conversations.find(accountId, suspect.snapshot.id());
        int before = 0;
        for (JsonNode message : suspect.messages) {
            if (TOLD.contains(Answers.type(message.path("message_type")))) {
                before += store(bodies.message(suspect.json, message));
            }
        }
        Gaps.Known known = gaps.known(accountId, List.of(suspect.snapshot.id())).get(suspect.snapshot.id());
        int changes = (differs(suspect.snapshot, state) || isOfAnother(suspect.contactId, state))
                        && (state.isEmpty() || isOlder(state.get(), suspect.snapshot) || known == null)
                ? store(bodies.conversation(lostEvent(suspect.snapshot, state), suspect.json))
                : 0;
        if (before + changes > 0) {
            LOG.warn(
                    "conversation {}: {} messages and {} changes that no webhook told were fetched",
                    suspect.snapshot.id(),
                    before,
                    changes);
        }
    }

    /** The list may have been overtaken since it was read. */
    private static boolean isOlder(ConversationState state, Snapshot snapshot) {
        return state.versionMicros().isEmpty()
                || snapshot.updatedAtMicros().isEmpty()
                || state.versionMicros().getAsLong()
                        < snapshot.updatedAtMicros().getAsLong();
    }

    private static String lostEvent(Snapshot snapshot, Optional<ConversationState> state) {
        if (state.isEmpty()) {
            return "conversation_created";
        }
        return state.get().status().equals(snapshot.status()) ? "conversation_updated" : "conversation_status_changed";
    }

    /** A merge of contacts is told by no webhook. */
    private static boolean isOfAnother(OptionalLong contact, Optional<ConversationState> known) {
        return contact.isPresent()
                && known.filter(state -> state.contactId().isPresent()
                                && !state.contactId().equals(contact))
                        .isPresent();
    }

    private static boolean differs(Snapshot seen, Optional<ConversationState> known) {
        return known.isEmpty()
                || !seen.status().equals(known.get().status())
                || !seen.priority()
                        .orElse(Priority.NONE)
                        .equals(known.get().priority().orElse(Priority.NONE))
                || !new HashSet<>(seen.labels().orElse(List.of()))
                        .equals(new HashSet<>(
                                known.get().labels().map(Observed::value).orElse(List.of())))
                || !Values.same(
                        seen.customAttributes().orElse(Map.of()),
                        known.get().attributes().map(Observed::value).orElse(Map.of()))
                || id(seen.assignee()) != id(known.get().assignee())
                || id(seen.team()) != id(known.get().team());
    }

    private static long id(Optional<Ref> ref) {
        return ref.map(Ref::id).orElse(0L);
    }

    /** 1 if it was not there, else 0. */
    private int store(byte[] body) {
        Decoded decoded = decoder.decode(body);
        Event event = decoded.event();
        int stored = inbox.append(List.of(new NewEvent(
                event, accountId, decoded.storedPayload(), Optional.empty(), decoded.meaningKey(), clock.instant())));
        if (stored > 0) {
            lost.accept(event.type());
        }
        return stored;
    }

    /** The call of {@link #next} failed, or its answer makes no sense. */
    public synchronized void failed(Exception failure) {
        Instant now = clock.instant();
        if (failure instanceof ChatwootException.Paused paused) {
            notBefore = paused.until();
        } else if (failure instanceof ChatwootException.Rejected && run.isPresent() && run.get().isListed) {
            // Of this conversation only, which may have been deleted.
            run.get().suspects.remove();
            endIfDone(run.get());
        } else {
            notBefore = now.plus(PAUSE_AFTER_FAILURE);
        }
        LOG.warn("lost webhooks could not be looked for: {}", Failures.kind(failure));
    }
}
