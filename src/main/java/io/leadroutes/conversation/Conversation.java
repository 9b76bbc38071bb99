package io.leadroutes.conversation;

import io.leadroutes.event.Change;
import io.leadroutes.event.Contact;
import io.leadroutes.event.Event;
import io.leadroutes.event.Message;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Secrets;
import io.leadroutes.event.Snapshot;
import io.leadroutes.event.Snapshot.Ref;
import io.leadroutes.rules.Extracted;
import io.leadroutes.rules.Facts;
import io.leadroutes.rules.Hit;
import io.leadroutes.rules.Reading;
import io.leadroutes.rules.Renewal;
import io.leadroutes.rules.RuleBook;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One conversation while its events are handled: the last known state, the event in hand, and what has been decided.
 * It is the body that the steps of the routing slip see. One thread, one transaction; nothing leaves it until the
 * worker commits.
 *
 * <p>{@code hasLabel} and the like answer for the state that is wanted: what Chatwoot last showed, plus the wishes that
 * still wait, plus those of this very decision.
 */
public final class Conversation {
    /** The conversation that qualified last first, those that have not last. */
    public static final Comparator<Conversation> LATEST_LEAD_FIRST = Comparator.<Conversation, Instant>comparing(
                    c -> c.qualifiedAt().orElse(Instant.MIN))
            .reversed();

    private static final Reason PUT_BACK = new Reason("put-back", 0, List.of());

    private final long accountId;
    private final long id;
    private final Instant now;
    private final ConversationState before;

    /** When the event in hand happened, as far as is known; {@link #now} before the first. */
    private Instant at;

    /** Of the event in hand; empty before the first. */
    private String eventType = "";

    private OptionalLong versionMicros;
    private Optional<String> status;
    private Optional<Priority> priority;
    private Optional<Instant> priorityUnconfirmedUntil;
    private Optional<Observed<List<String>>> labels;
    private Optional<Observed<Map<String, Object>>> attributes;
    private Optional<Ref> assignee;
    private Optional<Ref> team;
    private Optional<String> channel;
    private OptionalLong contactId;
    private Optional<Contact> contact;
    private Optional<String> firstMessage;
    private final List<ScoreEntry> ledger;
    private final Map<String, Episode> episodes;
    private Optional<Instant> resolvedAt;
    private Origin origin;
    private Waiting customer;

    private Optional<Message> message = Optional.empty();
    private Optional<RuleBook> rules = Optional.empty();
    private Optional<Reading> reading = Optional.empty();
    private boolean resolutionChanged;
    private boolean isBackfill;
    private final List<String> notes = new ArrayList<>();

    /** Kind and destination to wish: those waiting in the outbox, those decided here on top of them. */
    private final Map<String, Wished> waiting = new LinkedHashMap<>();

    private final Map<String, Wished> decided = new LinkedHashMap<>();
    private final List<ScoreEntry> scored = new ArrayList<>();
    private final List<DroppedValue> dropped = new ArrayList<>();
    private final List<String> needless = new ArrayList<>();

    /**
     * @param state the last known state
     * @param waiting the conversation's wishes that are not yet granted, the older first
     * @param now the time of the decision
     */
    public Conversation(ConversationState state, Collection<Wish> waiting, Instant now) {
        this.accountId = state.accountId();
        this.id = state.conversationId();
        this.now = now;
        this.before = state;
        this.at = now;
        this.versionMicros = state.versionMicros();
        this.status = state.status();
        this.priority = state.priority();
        this.priorityUnconfirmedUntil = state.priorityUnconfirmedUntil();
        this.labels = state.labels();
        this.attributes = state.attributes();
        this.assignee = state.assignee();
        this.team = state.team();
        this.channel = state.channel();
        this.contactId = state.contactId();
        this.contact = state.contact();
        this.firstMessage = state.firstMessage();
        this.ledger = new ArrayList<>(state.ledger());
        this.episodes = new LinkedHashMap<>(state.episodes());
        this.resolvedAt = state.resolvedAt();
        this.origin = state.origin();
        this.customer = state.waiting();
        for (Wish wish : waiting) {
            // One may wait while an older one of its kind is being sent: both count.
            Wished wished = new Wished(wish, Urgency.TAGGING, List.of());
            this.waiting.merge(key(wish), wished, (older, newer) -> newer.over(older));
        }
    }

    /** The state that this decision began with. */
    public ConversationState before() {
        return before;
    }

    /** The state to be stored. */
    public ConversationState state() {
        return new ConversationState(
                accountId,
                id,
                versionMicros,
                status,
                priority,
                priorityUnconfirmedUntil,
                labels,
                attributes,
                assignee,
                team,
                channel,
                contactId,
                contact,
                firstMessage,
                List.copyOf(ledger),
                new LinkedHashMap<>(episodes),
                resolvedAt,
                origin,
                customer);
    }

    /** What was decided here and is to be stored: one per kind and destination, in the order of deciding. */
    public Collection<Wished> decided() {
        return List.copyOf(decided.values());
    }

    /** The private notes that were told of here. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** The score entries that were added here. */
    public List<ScoreEntry> scored() {
        return List.copyOf(scored);
    }

    /** The values that were dropped here. */
    public List<DroppedValue> dropped() {
        return List.copyOf(dropped);
    }

    /** The kinds of the wishes that were not made, because what they want was so already or wished for. */
    public List<String> needless() {
        return List.copyOf(needless);
    }

    /** True if it has become a lead here, for the first time or again. */
    public boolean hasQualified() {
        return begun().contains(Episode.QUALIFY);
    }

    /** The rules that have escalated it here. */
    public Set<String> escalated() {
        return begun().stream()
                .filter(Episode::isEscalation)
                .map(Episode::escalateRule)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Names of the episodes that are not those of before. */
    Set<String> begun() {
        Set<String> begun = new LinkedHashSet<>();
        episodes.forEach((name, episode) -> {
            Episode last = before.episodes().get(name);
            if (last == null || last.number() < episode.number()) {
                begun.add(name);
            }
        });
        return begun;
    }

    /** Keeps why what the message says of an attribute is not set. */
    void drop(Extracted found) {
        dropped.add(new DroppedValue(found.rule().id(), found.rule().attribute(), getMessageId(), found.dropped(), at));
    }

    /**
     * Takes an event in hand: its snapshot becomes the last known state unless that is newer (invariant 3), its message
     * is what the steps see.
     *
     * @param receivedAt when it reached us
     */
    public void observe(Event event, Instant receivedAt) {
        boolean wasResolved = isResolved();
        boolean wasAside = isAside();
        at = happened(event, receivedAt);
        eventType = event.type();
        putBackWhatWeDropped(event, receivedAt);
        labels = labels.map(ours -> ours.after(changedTo(event, "labels"), receivedAt));
        attributes = attributes.map(ours -> ours.after(changedTo(event, "custom_attributes"), receivedAt));
        boolean isStale = event.conversation()
                .filter(snapshot -> isStale(snapshot, event.versionMicros()))
                .isPresent();
        if (isStale) {
            contactId = contactId.isPresent() ? contactId : event.contactId();
            event.contact().ifPresent(this::complete);
        } else {
            event.conversation().ifPresent(snapshot -> observe(snapshot, receivedAt));
            event.contactId().ifPresent(seen -> contactId = OptionalLong.of(seen));
            event.contact().ifPresent(this::observe);
        }
        message = event.message();
        message.filter(Message::isPrivate).map(Message::content).ifPresent(notes::add);
        reading = Optional.empty();
        isBackfill = event.isBackfill();
        if (event.isCustomerMessage() && firstMessage.isEmpty()) {
            firstMessage = message.map(Message::content).filter(text -> !text.isBlank());
        }
        resolutionChanged = wasResolved != isResolved();
        if (isAside() && !wasAside) {
            customer = customer.stopped();
        }
        // What is older than its being put aside is not waited for.
        if (!(isStale && isAside())) {
            message.ifPresent(seen -> watch(event, seen));
        }
    }

    /** Chatwoot's clock may run ahead of ours. */
    private static Instant happened(Event event, Instant receivedAt) {
        if (event.versionMicros().isEmpty()) {
            return receivedAt;
        }
        Instant told = Instant.EPOCH.plus(event.versionMicros().getAsLong(), ChronoUnit.MICROS);
        return told.isBefore(receivedAt) ? told : receivedAt;
    }

    /** Only what is said in public answers: a customer sees no note, and a bot's or template's words are no answer. */
    private void watch(Event event, Message seen) {
        if (event.isCustomerMessage() && !isBackfill) {
            customer = customer.asked(seen.id(), at);
        } else if (event.isAgentsAnswer()) {
            customer = customer.answered(seen.id());
        }
    }

    /** True while nobody waits, whoever wrote last: an agent has resolved or snoozed it. */
    private boolean isAside() {
        return status.filter(s -> s.equals("resolved") || s.equals("snoozed")).isPresent();
    }

    /**
     * Our label write replaces the whole set, so a label that an agent set since our last look is lost with it. The echo
     * of the write says what stood there before: what is missing now and was not in what we wrote on top of, was dropped
     * by us unknowingly and is wished for again (invariant 6). The same for the keys of the custom attributes.
     */
    private void putBackWhatWeDropped(Event event, Instant receivedAt) {
        echo(event, "labels", labels, receivedAt, List.class).ifPresent(echo -> {
            List<Object> lost = new ArrayList<>((List<?>) echo.before);
            lost.removeAll((List<?>) echo.after);
            lost.removeAll((List<?>) echo.base);
            if (!lost.isEmpty() && lost.stream().allMatch(String.class::isInstance)) {
                decide(
                        Wish.ChangeLabels.add(
                                lost.stream().map(String.class::cast).toList()),
                        Urgency.TAGGING,
                        PUT_BACK);
            }
        });
        echo(event, "custom_attributes", attributes, receivedAt, Map.class).ifPresent(echo -> {
            Map<String, Object> lost = new LinkedHashMap<>();
            ((Map<?, ?>) echo.before).forEach((key, value) -> {
                Object base = ((Map<?, ?>) echo.base).get(key);
                // A value that we did not know, in place of which there is now what we took it for.
                if (!Values.same(value, base) && Values.same(((Map<?, ?>) echo.after).get(key), base)) {
                    lost.put(String.valueOf(key), value);
                }
            });
            lost.values().removeIf(value -> value == null || value.equals(Secrets.REDACTED));
            if (!lost.isEmpty()) {
                decide(Wish.ChangeAttributes.set(lost), Urgency.TAGGING, PUT_BACK);
            }
        });
    }

    /** What we wrote on top of, and what the echo says of before and after. */
    private record Echo(Object base, Object before, Object after) {}

    /** Absent if the event is not our own write come back. */
    private static Optional<Echo> echo(
            Event event, String attribute, Optional<? extends Observed<?>> ours, Instant receivedAt, Class<?> shape) {
        Optional<Change> change = Optional.ofNullable(event.changes().get(attribute));
        Object before = change.flatMap(Change::before).orElse(null);
        Object after = change.flatMap(Change::after).orElse(null);
        return ours.stream()
                .flatMap(known -> known.own().stream())
                .filter(own -> own.isEcho(after, receivedAt))
                .findFirst()
                .map(own -> new Echo(own.base(), before, after))
                .filter(echo -> shape.isInstance(before) && shape.isInstance(after) && shape.isInstance(echo.base));
    }

    private static Object changedTo(Event event, String attribute) {
        return Optional.ofNullable(event.changes().get(attribute))
                .flatMap(Change::after)
                .orElse(null);
    }

    /**
     * Takes over what is said of the customer; what is not said stays as it is known.
     *
     * @return true if it says something new
     */
    public boolean observe(Contact seen) {
        Optional<Contact> before = contact;
        contactId = OptionalLong.of(seen.id());
        contact = Optional.of(contact.filter(known -> known.id() == seen.id())
                .map(known -> merge(known, seen))
                .orElse(seen));
        return !contact.equals(before);
    }

    /** Takes over what is not known yet of the customer: an older view of them overwrites nothing (invariant 3). */
    private void complete(Contact older) {
        contact = Optional.of(contact.map(known -> known.id() == older.id() ? merge(older, known) : known)
                .orElse(older));
    }

    private static Contact merge(Contact known, Contact seen) {
        return new Contact(
                seen.id(),
                seen.name().or(known::name),
                seen.email().or(known::email),
                seen.phone().or(known::phone),
                seen.identifier().or(known::identifier),
                seen.customAttributes().isEmpty() ? known.customAttributes() : seen.customAttributes(),
                seen.additionalAttributes().isEmpty() ? known.additionalAttributes() : seen.additionalAttributes());
    }

    private void observe(Snapshot snapshot, Instant receivedAt) {
        // Versions of the original reference's dialect are whole seconds, in which anything may have happened twice.
        boolean isTie = snapshot.updatedAtMicros().isPresent()
                && snapshot.updatedAtMicros().equals(versionMicros);
        if (snapshot.updatedAtMicros().isPresent()) {
            versionMicros = snapshot.updatedAtMicros();
        }
        status = snapshot.status().or(() -> status);
        snapshot.priority().ifPresent(shown -> observe(shown, receivedAt));
        labels = seen(labels, snapshot.labels(), List::containsAll, receivedAt, isTie);
        attributes = seen(attributes, snapshot.customAttributes(), Values::hasAll, receivedAt, isTie);
        assignee = named(snapshot.assignee(), assignee);
        team = named(snapshot.team(), team);
        channel = snapshot.channel().or(() -> channel);
        origin = origin.with(snapshot);
        resolvedAt = isResolved() ? resolvedAt.or(() -> Optional.of(receivedAt)) : Optional.empty();
    }

    private void observe(Priority shown, Instant receivedAt) {
        boolean madeBeforeOurWrite =
                priorityUnconfirmedUntil.filter(receivedAt::isBefore).isPresent()
                        && priority.filter(shown::equals).isEmpty();
        if (!madeBeforeOurWrite) {
            priority = Optional.of(shown);
            priorityUnconfirmedUntil = Optional.empty();
        }
    }

    /** Who is shown by id only keeps the name that is known. */
    private static Optional<Ref> named(Optional<Ref> shown, Optional<Ref> known) {
        boolean isKnown = shown.isEmpty()
                || shown.get().name().isEmpty()
                        && known.filter(k -> k.id() == shown.get().id()).isPresent();
        return isKnown ? known : shown;
    }

    /** A snapshot without a version, as in a message of the original reference's dialect, is as old as the message. */
    private boolean isStale(Snapshot snapshot, OptionalLong eventMicros) {
        if (versionMicros.isEmpty()) {
            return false;
        }
        return snapshot.updatedAtMicros().isPresent()
                ? snapshot.updatedAtMicros().getAsLong() < versionMicros.getAsLong()
                : eventMicros.isPresent() && eventMicros.getAsLong() <= versionMicros.getAsLong();
    }

    private static <T> Optional<Observed<T>> seen(
            Optional<Observed<T>> known, Optional<T> shown, BiPredicate<T, T> showsOurs, Instant at, boolean isTie) {
        if (shown.isEmpty()) {
            return known;
        }
        boolean madeBeforeOurWrite = known.filter(k -> k.isUnconfirmed(at) && !showsOurs.test(shown.get(), k.value()))
                .isPresent();
        if (madeBeforeOurWrite) {
            return known;
        }
        // Which of two values of one version is the later cannot be told: never written on top of without a read.
        boolean isDoubtful = isTie
                && known.filter(k -> k.at().equals(Instant.EPOCH) || !Values.same(k.value(), shown.get()))
                        .isPresent();
        return Optional.of(new Observed<>(
                shown.get(),
                isDoubtful ? Instant.EPOCH : at,
                Optional.empty(),
                known.map(Observed::own).orElse(List.of())));
    }

    // What steps may ask. Getters, so that `${body.score}` in a route reads them.

    public long getAccountId() {
        return accountId;
    }

    public long getId() {
        return id;
    }

    /** True if it is a conversation with this contact. */
    public boolean isOf(long contact) {
        return contactId.isPresent() && contactId.getAsLong() == contact;
    }

    /** The customer's text in hand, empty if there is none. */
    public String getText() {
        return message.map(Message::content).orElse("");
    }

    /** The message in hand, 0 if there is none. */
    public long getMessageId() {
        return message.map(Message::id).orElse(0L);
    }

    /** 0 to 100: the clamped sum of what is left of the score entries when the event in hand happened. */
    public int getScore() {
        return ScoreEntry.score(ledger, at);
    }

    public String getStatus() {
        return status.orElse("");
    }

    public String getChannel() {
        return channel.orElse("");
    }

    /** The customer's e-mail address, empty if it is not known. */
    public String getEmail() {
        return contact.flatMap(Contact::email).orElse("");
    }

    /** The customer's language as Chatwoot detected it, else that of the browser, without country; empty if unknown. */
    public String getLanguage() {
        return origin.language().orElse("");
    }

    public boolean isQualified() {
        return episodes.containsKey(Episode.QUALIFY);
    }

    public boolean isResolved() {
        return status.filter("resolved"::equals).isPresent();
    }

    /** True if the event in hand showed the conversation resolved, or open again. */
    public boolean isResolutionChanged() {
        return resolutionChanged;
    }

    /** True if the message in hand is of long ago, told by {@code leadroutes backfill}: nobody is to be roused by it. */
    public boolean isBackfill() {
        return isBackfill;
    }

    /** Labels that are there or wished for. */
    public Set<String> getLabels() {
        List<String> there = labels.map(Observed::value).orElse(List.of());
        return new LinkedHashSet<>(waitingFor("labels", Wish.ChangeLabels.class)
                .map(change -> change.appliedTo(there))
                .orElse(there));
    }

    public boolean hasLabel(String label) {
        return getLabels().contains(label.toLowerCase(Locale.ROOT));
    }

    /** Conversation custom attributes that are there or wished for. */
    public Map<String, Object> getAttributes() {
        Map<String, Object> there = attributes.map(Observed::value).orElse(Map.of());
        return waitingFor("attributes", Wish.ChangeAttributes.class)
                .map(change -> change.appliedTo(there))
                .orElseGet(() -> new LinkedHashMap<>(there));
    }

    /** The priority that is there or wished for; {@code NONE} if unknown. */
    public Priority getPriority() {
        return waitingFor("priority", Wish.SetPriority.class)
                .map(Wish.SetPriority::priority)
                .orElse(priority.orElse(Priority.NONE));
    }

    /** Who has the conversation now, by name: its team, its agent. */
    List<String> holders() {
        return Stream.of(team, assignee)
                .flatMap(Optional::stream)
                .map(Ref::name)
                .filter(name -> !name.isBlank())
                .toList();
    }

    /** The agent who has the conversation now, by name. */
    Optional<String> agent() {
        return assignee.filter(agent -> !agent.isNone())
                .map(agent -> agent.name().isBlank() ? "agent " + agent.id() : agent.name());
    }

    /** True if an assignment to this team takes the conversation from somebody else. */
    boolean isTakenBy(String wanted) {
        return !isTeam(wanted) && !holders().isEmpty();
    }

    Optional<Contact> contact() {
        return contact;
    }

    Optional<Message> message() {
        return message;
    }

    /** The rules of this whole decision: those that were current when it first asked, whatever takes their place meanwhile. */
    RuleBook rules(Supplier<RuleBook> current) {
        if (rules.isEmpty()) {
            rules = Optional.of(current.get());
        }
        return rules.get();
    }

    /** The rules of a kind that are met by the text in hand and the state that is wanted. */
    List<Hit> hits(RuleBook rules, Hit.Kind kind) {
        return rules.hits(reading(rules), facts(rules)).stream()
                .filter(hit -> hit.kind() == kind)
                .toList();
    }

    /** What the rules find in the text in hand; the text is gone through once for all steps. */
    Reading reading(RuleBook rules) {
        if (reading.isEmpty()) {
            reading = Optional.of(rules.read(getText()));
        }
        return reading.get();
    }

    /** What the rules' conditions may ask about: what is there or wished for. */
    Facts facts(RuleBook rules) {
        Map<String, Object> values = new LinkedHashMap<>();
        getAttributes().forEach((key, value) -> values.put("attributes." + key, value));
        contact.ifPresent(who -> {
            who.additionalAttributes().forEach((key, value) -> values.put("contact." + key, value));
            who.customAttributes().forEach((key, value) -> values.put("contact." + key, value));
            who.name().ifPresent(name -> values.put("contact.name", name));
            who.email().ifPresent(email -> values.put("contact.email", email));
            who.phone().ifPresent(phone -> values.put("contact.phone_number", phone));
            who.identifier().ifPresent(identifier -> values.put("contact.identifier", identifier));
        });
        // A secret that was taken out is no value.
        values.values().removeIf(Secrets.REDACTED::equals);
        channel.ifPresent(name -> values.put("channel", name));
        status.ifPresent(word -> values.put("status", word));
        values.put("priority", getPriority().word());
        origin.inbox().ifPresent(inbox -> values.put("inbox", inbox));
        origin.language().ifPresent(language -> values.put("language", language));
        origin.referer().ifPresent(page -> values.put("referer", page));
        values.put("messages_without_answer", customer.unanswered().size());
        values.put("attachments", message.map(Message::attachments).orElse(0));
        values.put("score", getScore());
        if (!eventType.isEmpty()) {
            values.put(Facts.EVENT, eventType);
        }
        values.put("open", rules.calendars().open(at));
        values.put("closed", rules.calendars().closed(at));
        return new Facts(getLabels(), values);
    }

    Instant now() {
        return now;
    }

    /** When the event in hand happened. */
    Instant at() {
        return at;
    }

    Optional<Instant> qualifiedAt() {
        return Optional.ofNullable(episodes.get(Episode.QUALIFY)).map(Episode::since);
    }

    Optional<Instant> resolvedAt() {
        return resolvedAt;
    }

    Optional<String> firstMessage() {
        return firstMessage;
    }

    OptionalLong contactId() {
        return contactId;
    }

    /**
     * Whose conversation it was before this decision, if that is another contact than now: an agent has merged that one into
     * this one ({@code contact_merge_action.rb}, of which no webhook tells; the next snapshot shows it).
     */
    OptionalLong formerContactId() {
        boolean isMerged = before.contactId().isPresent() && !before.contactId().equals(contactId);
        return isMerged ? before.contactId() : OptionalLong.empty();
    }

    List<ScoreEntry> ledger() {
        return ledger;
    }

    /** The customer's oldest message that waits for an answer. */
    Optional<Waiting.Unanswered> waitsFor() {
        return isAside() ? Optional.empty() : customer.oldest();
    }

    boolean hasFired(String step) {
        return customer.fired().contains(step);
    }

    boolean hasEscalated() {
        return episodes.keySet().stream().anyMatch(Episode::isEscalation);
    }

    /** True if the episode of this name has not ended. */
    boolean isIn(String name) {
        return Optional.ofNullable(episodes.get(name))
                .filter(episode -> !episode.over())
                .isPresent();
    }

    /** True if there was no episode of this name, or it has ended and the next may begin. */
    boolean mayBegin(String name, Renewal renewal) {
        Episode last = episodes.get(name);
        return last == null
                || renewal.isPossible()
                        && last.over()
                        && !last.since().plus(renewal.pause()).isAfter(at);
    }

    /** True if the event in hand is of a type that rules may ask for, and not somebody else's message. */
    boolean isForRulesOnEvents() {
        return Facts.EVENTS.contains(eventType)
                && message.filter(said -> !said.isFromCustomer()).isEmpty();
    }

    // What steps decide.

    void score(ScoreEntry entry) {
        scored.add(entry);
        ledger.add(entry);
    }

    /** The rules are to see a changed message as if it were written so. */
    void asWritten() {
        eventType = Facts.MESSAGE_CREATED;
    }

    Episode begin(String name) {
        Episode episode = new Episode(
                Optional.ofNullable(episodes.get(name)).map(Episode::number).orElse(0) + 1, at, false);
        episodes.put(name, episode);
        return episode;
    }

    void end(String name) {
        episodes.computeIfPresent(name, (key, episode) -> new Episode(episode.number(), episode.since(), true));
    }

    void fired(String step) {
        customer = customer.fired(step);
    }

    void lookAgain(Optional<Instant> at, String version) {
        customer = customer.due(at, version);
    }

    /** Adds a wish, unless what it wants is already so or already wished (invariant 5). */
    void wish(Wish wish, Urgency urgency, Reason reason) {
        needed(wish).ifPresentOrElse(needed -> decide(needed, urgency, reason), () -> needless.add(wish.kind()));
    }

    /** Without a look at what is known, which may be from before the event in hand. */
    private void decide(Wish wish, Urgency urgency, Reason reason) {
        Wished wished = new Wished(wish, isBackfill ? Urgency.BACKFILL : urgency, List.of(reason));
        decided.merge(key(wish), wished, (older, newer) -> newer.over(older));
        waiting.merge(key(wish), wished, (older, newer) -> newer.over(older));
    }

    private Optional<Wish> needed(Wish wish) {
        if (wish instanceof Wish.ChangeLabels change) {
            Set<String> there = getLabels();
            List<String> missing = change.add().stream()
                    .filter(label -> !there.contains(label))
                    .distinct()
                    .toList();
            List<String> unwanted = change.remove().stream()
                    .filter(label -> labels.isEmpty() || there.contains(label))
                    .toList();
            return missing.isEmpty() && unwanted.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Wish.ChangeLabels(missing, unwanted, false));
        }
        if (wish instanceof Wish.ChangeAttributes change) {
            Map<String, Object> different = new LinkedHashMap<>(change.set());
            different.entrySet().removeIf(e -> Values.same(getAttributes().get(e.getKey()), e.getValue()));
            return different.isEmpty() ? Optional.empty() : Optional.of(Wish.ChangeAttributes.set(different));
        }
        if (wish instanceof Wish.SetPriority set) {
            return set.priority() == getPriority() ? Optional.empty() : Optional.of(wish);
        }
        if (wish instanceof Wish.AssignTeam assign) {
            return isTeam(assign.team()) ? Optional.empty() : Optional.of(wish);
        }
        if (wish instanceof Wish.Note) {
            Wished same = waiting.get(key(wish));
            return same != null && same.wish().equals(wish) ? Optional.empty() : Optional.of(wish);
        }
        return Optional.of(wish);
    }

    /** True if the conversation is, or is wished to be, assigned to this team. */
    boolean isTeam(String wanted) {
        Optional<String> waitingTeam = waitingFor("team", Wish.AssignTeam.class).map(Wish.AssignTeam::team);
        if (waitingTeam.isPresent()) {
            return waitingTeam.get().equalsIgnoreCase(wanted);
        }
        return team.filter(t -> t.name().equalsIgnoreCase(wanted)
                        || Long.toString(t.id()).equals(wanted))
                .isPresent();
    }

    private <W extends Wish> Optional<W> waitingFor(String kind, Class<W> type) {
        return Optional.ofNullable(waiting.get(Wish.CHATWOOT + " " + kind))
                .map(Wished::wish)
                .map(type::cast);
    }

    private static String key(Wish wish) {
        return wish.destination() + " " + wish.kind();
    }
}
