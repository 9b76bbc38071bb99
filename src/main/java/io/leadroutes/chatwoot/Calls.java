package io.leadroutes.chatwoot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.Mention;
import io.leadroutes.conversation.Observed;
import io.leadroutes.conversation.RuleMacro;
import io.leadroutes.conversation.Values;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Secrets;
import io.leadroutes.event.Snapshot.Ref;
import io.leadroutes.event.Times;
import io.leadroutes.store.Conversations;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that grant a wish, made from the last known state. A method that returns null says that no request is
 * needed: a wish that is already so costs no call (invariant 5).
 *
 * <p>Labels and attributes are replaced whole by the API, so they are written on top of what stands there: as the last
 * snapshot shows it, if it is fresh and nothing of ours is open since, else as read for this purpose (invariant 6).
 */
public final class Calls {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

    /** One page of a list: {@code CONVERSATION_RESULTS_PER_PAGE} can make it other (CONTRACT section 3.3). */
    private static final int MAX_TOGETHER = 25;

    private static final Duration REFUSED_FOR = Duration.ofHours(1);

    /** Where a snapshot ages faster, it would have to be read again before it is its conversation's turn. */
    private static final Duration MIN_TOGETHER = Duration.ofSeconds(1);

    private final Conversations conversations;
    private final Teams teams;
    private final Macros macros;
    private final Mentions mentions;
    private final Duration snapshotFresh;
    private final BooleanSupplier isScarce;
    private final Clock clock;
    private volatile Instant readsAloneUntil = Instant.MIN;

    /**
     * @param snapshotFresh how long after it was received a snapshot is written on top of without a read
     * @param isScarce true while permits are few
     */
    public Calls(
            Conversations conversations,
            Teams teams,
            Macros macros,
            Duration snapshotFresh,
            BooleanSupplier isScarce,
            Clock clock) {
        this.conversations = conversations;
        this.teams = teams;
        this.macros = macros;
        this.mentions = new Mentions(teams, clock);
        this.snapshotFresh = snapshotFresh;
        this.isScarce = isScarce;
        this.clock = clock;
    }

    /**
     * The read that has to come before {@link #writeLabels}, or null. It shows the whole conversation, so that it serves
     * the conversation's other wishes too.
     */
    public ApiRequest readLabels(Delivery delivery) {
        return known(delivery, ConversationState::labels).isPresent() || isAddedUnread(delivery)
                ? null
                : requests(delivery).showConversation(delivery.conversationId());
    }

    /**
     * @param read the answer to {@link #readLabels}, or null if that was null
     * @return null if all wished labels are there
     */
    public ApiRequest writeLabels(Delivery delivery, ApiAnswer read) throws ChatwootException {
        if (read == null && known(delivery, ConversationState::labels).isEmpty() && isAddedUnread(delivery)) {
            return share(delivery);
        }
        List<String> there = read == null ? lastKnown(delivery, ConversationState::labels) : texts(read, read.body());
        remember(delivery, read);
        List<String> wanted = delivery.wish(Wish.ChangeLabels.class).appliedTo(there);
        if (Set.copyOf(wanted).equals(Set.copyOf(there))) {
            if (read != null && delivery.attempts() > 0) {
                // An earlier try may have written it and not lived to note it: snapshots from before that still come.
                conversations.wroteLabels(delivery, there);
            }
            return null;
        }
        mayWrite(conversations.writingLabels(delivery, there, wanted));
        return requests(delivery).setLabels(delivery.conversationId(), wanted);
    }

    /**
     * True if labels are to be added by a bulk action, which needs no read: one call for two. Only while permits are few,
     * because it is done later, and only where webhooks are known to come, because they confirm it.
     */
    private boolean isAddedUnread(Delivery delivery) {
        return isScarce.getAsBoolean()
                && delivery.attempts() == 0
                && delivery.wish(Wish.ChangeLabels.class).addsOnly()
                && state(delivery).flatMap(ConversationState::labels).isPresent();
    }

    public ApiAnswer wroteLabels(Delivery delivery, ApiAnswer answer) throws ChatwootException {
        if (answer.isQueued()) {
            return answer;
        }
        conversations.wroteLabels(delivery, texts(answer, answer.body()));
        return answer;
    }

    /**
     * The read that has to come before {@link #writeAttributes}, where one can serve other conversations, too, or null. What
     * it does not show is read by itself: agents are shown those of their inboxes
     * ({@code conversations/permission_filter_service.rb}), and agent bots may not ask (CONTRACT section 3.1).
     */
    public ApiRequest readTogether(Delivery delivery) {
        boolean isOne = together(snapshotFresh).isZero()
                || delivery.attempts() > 0
                || state(delivery).isEmpty()
                || knownAttributes(delivery).isPresent()
                || clock.instant().isBefore(readsAloneUntil);
        List<Long> others = isOne ? List.of() : conversations.unread(delivery, snapshotFresh, MAX_TOGETHER);
        List<Long> all = Stream.concat(Stream.of(delivery.conversationId()), others.stream())
                .distinct()
                .limit(MAX_TOGETHER)
                .toList();
        return all.size() > 1 ? requests(delivery).showConversations(all) : null;
    }

    /** How long what is read together may be written on top of; zero where each read is for one conversation. */
    public static Duration together(Duration snapshotFresh) {
        return snapshotFresh.compareTo(MIN_TOGETHER) < 0 ? Duration.ZERO : snapshotFresh;
    }

    /** @param read the answer to {@link #readTogether} */
    public void sawTogether(Delivery delivery, ApiAnswer read) throws ChatwootException {
        for (JsonNode shown : read.body().path("payload")) {
            OptionalLong version = Times.micros(shown.path("updated_at"));
            if (version.isPresent() && shown.path("labels").isArray()) {
                List<String> labels = texts(read, shown);
                Map<String, Object> attributes = redacted(attributes(read, shown));
                if (shown.path("id").asLong() == delivery.conversationId()) {
                    conversations.saw(delivery, version.getAsLong(), labels, attributes);
                } else {
                    conversations.sawBeside(
                            delivery.accountId(), shown.path("id").asLong(), version.getAsLong(), labels, attributes);
                }
            }
        }
    }

    /** The server or the token's role has no such list: each is read by itself, and it is tried again in an hour. */
    public void refusedTogether() {
        readsAloneUntil = clock.instant().plus(REFUSED_FOR);
    }

    /** The read that has to come before {@link #writeAttributes}, or null. */
    public ApiRequest readAttributes(Delivery delivery) {
        return knownAttributes(delivery).isPresent()
                ? null
                : requests(delivery).showConversation(delivery.conversationId());
    }

    /**
     * @param read the answer to {@link #readAttributes}, or null if that was null
     * @return null if all wished values are there
     */
    public ApiRequest writeAttributes(Delivery delivery, ApiAnswer read) throws ChatwootException {
        Map<String, Object> there = read == null ? lastKnownAttributes(delivery) : attributes(read);
        remember(delivery, read);
        Wish.ChangeAttributes change = delivery.wish(Wish.ChangeAttributes.class);
        Map<String, Object> wanted = change.appliedTo(there);
        if (Values.same(there, wanted)) {
            if (read != null && delivery.attempts() > 0) {
                conversations.wroteAttributes(delivery, redacted(there));
            }
            return null;
        }
        mayWrite(conversations.writingAttributes(delivery, redacted(there), redacted(wanted)));
        // With `merge` a key that is left out would stay.
        boolean merge = change.remove().isEmpty();
        return requests(delivery).setAttributes(delivery.conversationId(), wanted, merge);
    }

    public ApiAnswer wroteAttributes(Delivery delivery, ApiAnswer answer) throws ChatwootException {
        conversations.wroteAttributes(delivery, redacted(attributes(answer)));
        return answer;
    }

    /**
     * One bulk action for wishes of several conversations, or null if all are already so. It answers before it is done,
     * skips conversations that it does not find, and says nothing of failures ({@code bulk_actions_job.rb}); labels are
     * added to those that stand there, and a value that is there already makes no event.
     */
    public ApiRequest share(Delivery delivery) throws ChatwootException {
        List<Long> open = delivery.all().stream()
                .filter(one -> state(one).filter(one.wish()::isMet).isEmpty())
                .map(Delivery::conversationId)
                .toList();
        if (open.isEmpty()) {
            return null;
        }
        return delivery.wish() instanceof Wish.ChangeLabels labels
                ? requests(delivery).bulkUpdate(open, labels.add(), List.of(), Map.of())
                : requests(delivery)
                        .bulkUpdate(
                                open,
                                List.of(),
                                List.of(),
                                Map.of(
                                        "team_id",
                                        team(delivery.wish(Wish.AssignTeam.class))
                                                .id()));
    }

    /** The list of macros, or null if it is known. */
    public ApiRequest readMacros(Delivery delivery) {
        return macros.mustList() ? requests(delivery).listMacros() : null;
    }

    public void rememberMacros(ApiAnswer list) throws ChatwootException {
        macros.remember(list);
    }

    /** The list of teams, or null if the macro assigns none that is not known. */
    public ApiRequest readMacrosTeam(Delivery delivery) {
        return macro(delivery).team().filter(team -> teams.find(team).isEmpty()).isPresent()
                ? requests(delivery).listTeams()
                : null;
    }

    /**
     * The macro for all conversations in which it still does only what is wished. It answers before it is done: a job
     * carries its actions out one after the other, conversation by conversation, in the name of the token's user, skips
     * what it does not find or that user may not see, and swallows errors ({@code macros_controller.rb},
     * {@code macros_execution_job.rb}, {@code macros/execution_service.rb}). Each action makes the webhooks that the same
     * change by hand would; the note is a message of that user with no marker of ours. To be sent once only: each
     * execution writes the note.
     *
     * @throws ChatwootException.Paused if it is to be planned anew
     */
    public ApiRequest executeMacro(Delivery delivery) throws ChatwootException {
        OptionalLong id = macros.find(macro(delivery));
        List<Long> ids = conversations.stillByMacro(delivery);
        if (id.isEmpty() || ids.isEmpty()) {
            throw new ChatwootException.Paused(
                    "macro " + macro(delivery).name() + " does not do what is wished", 0, clock.instant(), false);
        }
        return requests(delivery).executeMacro(id.getAsLong(), ids);
    }

    /** @throws ChatwootException.Rejected the refusal */
    public void macroRefused(Delivery delivery, ChatwootException.Rejected refusal) throws ChatwootException {
        macros.refused(macro(delivery));
        throw refusal;
    }

    private static RuleMacro macro(Delivery delivery) {
        return delivery.macro().orElseThrow();
    }

    /** Null if the conversation has the priority, or a higher one where that is to stay. */
    public ApiRequest setPriority(Delivery delivery) {
        Wish.SetPriority wish = delivery.wish(Wish.SetPriority.class);
        return state(delivery).filter(wish::isMet).isPresent()
                ? null
                : requests(delivery).setPriority(delivery.conversationId(), wish.priority());
    }

    public ApiAnswer wrotePriority(Delivery delivery, ApiAnswer answer) {
        conversations.wrotePriority(
                delivery, delivery.wish(Wish.SetPriority.class).priority());
        return answer;
    }

    /** The list of teams, or null if the wished one is known. */
    public ApiRequest readTeams(Delivery delivery) {
        return teams.find(delivery.wish(Wish.AssignTeam.class).team()).isPresent()
                ? null
                : requests(delivery).listTeams();
    }

    /**
     * @param read the answer to {@link #readTeams}, or null if that was null
     * @return null if the conversation is the team's
     * @throws ChatwootException.Rejected if there is no such team
     */
    public ApiRequest assignTeam(Delivery delivery, ApiAnswer read) throws ChatwootException {
        if (read != null) {
            teams.remember(read.body());
        }
        Wish.AssignTeam wish = delivery.wish(Wish.AssignTeam.class);
        Ref team = team(wish);
        if (state(delivery)
                .filter(now -> wish.isMet(now)
                        || now.team().filter(its -> its.id() == team.id()).isPresent())
                .isPresent()) {
            return null;
        }
        return requests(delivery).assignTeam(delivery.conversationId(), team.id());
    }

    private Ref team(Wish.AssignTeam wish) throws ChatwootException {
        return teams.find(wish.team())
                .orElseThrow(() -> new ChatwootException.Rejected("team is \"" + wish.team()
                        + "\"; expected a team of the account: " + String.join(", ", teams.names())));
    }

    /** The list of teams, or null if no team is wished for or it is known. */
    public ApiRequest readTeamsToShare(Delivery delivery) {
        return delivery.wish() instanceof Wish.AssignTeam ? readTeams(delivery) : null;
    }

    public void rememberTeamsToShare(ApiAnswer list) {
        teams.remember(list.body());
    }

    public ApiAnswer assignedTeam(Delivery delivery, ApiAnswer answer) throws ChatwootException {
        if (answer.body().isNull()) {
            throw new ChatwootException.Rejected(answer + " null; expected the team: nothing was assigned");
        }
        teams.find(delivery.wish(Wish.AssignTeam.class).team())
                .ifPresent(team -> conversations.wroteTeam(delivery, team));
        return answer;
    }

    /** The list of teams, or null if the note mentions none that is not known. */
    public ApiRequest readMentionedTeams(Delivery delivery) {
        return mustList(Mention.Kind.TEAM, delivery) ? requests(delivery).listTeams() : null;
    }

    public void rememberTeams(ApiAnswer list) throws ChatwootException {
        mentions.rememberTeams(list);
    }

    public void teamsRefused() {
        mentions.refused(Mention.Kind.TEAM);
    }

    /** The list of agents, or null if the note mentions none that is not known. */
    public ApiRequest readMentionedAgents(Delivery delivery) {
        return mustList(Mention.Kind.AGENT, delivery) ? requests(delivery).listAgents() : null;
    }

    public void rememberAgents(ApiAnswer list) throws ChatwootException {
        mentions.rememberAgents(list);
    }

    public void agentsRefused() {
        mentions.refused(Mention.Kind.AGENT);
    }

    private boolean mustList(Mention.Kind kind, Delivery delivery) {
        return delivery.wish() instanceof Wish.Note note && mentions.mustList(kind, note.text());
    }

    /** The messages among which an earlier try's note would be, or null at the first try. */
    public ApiRequest readNotes(Delivery delivery) {
        if (delivery.attempts() == 0) {
            return null;
        }
        OptionalLong after = delivery.messageId() == 0 ? OptionalLong.empty() : OptionalLong.of(delivery.messageId());
        return requests(delivery).listMessages(delivery.conversationId(), OptionalLong.empty(), after);
    }

    /**
     * @param read the answer to {@link #readNotes}, or null if that was null
     * @return null if an earlier try has written the note: notes have no idempotency key (CONTRACT section 3.4)
     */
    public ApiRequest writeNote(Delivery delivery, ApiAnswer read) throws ChatwootException {
        String marker = delivery.id() + "-" + delivery.createdAt().toEpochMilli();
        if (read != null && isWritten(read, marker, delivery.wish())) {
            return null;
        }
        return delivery.wish() instanceof Wish.Message message
                ? requests(delivery).message(delivery.conversationId(), message.text(), marker)
                : requests(delivery)
                        .note(
                                delivery.conversationId(),
                                mentions.resolve(delivery.wish(Wish.Note.class).text()),
                                marker);
    }

    /** The answer as it is noted: with the reason why, where a mention became a plain name (invariant 11). */
    public String wroteNote(Delivery delivery, ApiAnswer answer) {
        List<String> unresolved =
                delivery.wish() instanceof Wish.Note note ? mentions.unresolved(note.text()) : List.of();
        if (!unresolved.isEmpty()) {
            LOG.warn(
                    "conversation {}: {} mentions somebody unknown; /admin/conversations/{} says whom",
                    delivery.conversationId(),
                    delivery.kind(),
                    delivery.conversationId());
        }
        return Stream.concat(Stream.of(answer.toString()), unresolved.stream()).collect(Collectors.joining("; "));
    }

    /** Null if the conversation has the status; a snooze is always sent, because its time may differ. */
    public ApiRequest setStatus(Delivery delivery) {
        Wish.SetStatus wish = delivery.wish(Wish.SetStatus.class);
        boolean isSo = !wish.status().equals("snoozed")
                && state(delivery)
                        .flatMap(ConversationState::status)
                        .filter(wish.status()::equals)
                        .isPresent();
        return isSo ? null : requests(delivery).setStatus(delivery.conversationId(), wish.status(), wish.until());
    }

    /** The list of agents, or null if the wish is for nobody: an unknown agent would unassign (CONTRACT section 3.8). */
    public ApiRequest readAgents(Delivery delivery) {
        return delivery.wish(Wish.AssignAgent.class).agent() == 0
                ? null
                : requests(delivery).listAgents();
    }

    /**
     * @param read the answer to {@link #readAgents}, or null if that was null
     * @throws ChatwootException.Rejected if there is no such agent
     */
    public ApiRequest assignAgent(Delivery delivery, ApiAnswer read) throws ChatwootException {
        long agent = delivery.wish(Wish.AssignAgent.class).agent();
        if (read == null) {
            return requests(delivery).unassign(delivery.conversationId());
        }
        for (JsonNode known : read.body()) {
            if (known.path("id").asLong() == agent) {
                return requests(delivery).assignAgent(delivery.conversationId(), agent);
            }
        }
        throw new ChatwootException.Rejected("agent is " + agent + "; expected the id of an agent of the account");
    }

    /** The contact's labels, which no webhook keeps us told of. */
    public ApiRequest readContactLabels(Delivery delivery) {
        return requests(delivery)
                .listContactLabels(delivery.wish(Wish.ChangeContactLabels.class).contact());
    }

    /** Null if the contact's labels are as wished. */
    public ApiRequest writeContactLabels(Delivery delivery, ApiAnswer read) throws ChatwootException {
        Wish.ChangeContactLabels wish = delivery.wish(Wish.ChangeContactLabels.class);
        List<String> there = Answers.labels(read);
        List<String> wanted = wish.change().appliedTo(there);
        return Set.copyOf(wanted).equals(Set.copyOf(there))
                ? null
                : requests(delivery).setContactLabels(wish.contact(), wanted);
    }

    /**
     * Any other request.
     *
     * @throws ChatwootException.Rejected if an earlier try may have carried it out and it must not be repeated
     */
    public ApiRequest call(Delivery delivery) throws ChatwootException {
        Wish.Call call = delivery.wish(Wish.Call.class);
        if (!call.repeatable() && delivery.attempts() > 0) {
            throw new ChatwootException.Rejected(
                    call.verb()
                            + ": an earlier try may have been carried out, and twice would be one too many; ask anew if it was not");
        }
        return new ApiRequest(call.verb(), call.method(), call.path(), "", call.body());
    }

    /** By its marker, or by a macro: then it has none and is told by its text. */
    private static boolean isWritten(ApiAnswer answer, String marker, Wish wish) throws ChatwootException {
        JsonNode messages =
                answer.body().isArray() ? answer.body() : answer.body().path("payload");
        if (!messages.isArray()) {
            throw new ChatwootException.Unavailable(answer + " without a list of messages");
        }
        for (JsonNode message : messages) {
            JsonNode ours = message.path("content_attributes").path(Requests.MARKER);
            boolean isMacros = ours.isMissingNode()
                    && message.path("private").asBoolean()
                    && wish instanceof Wish.Note note
                    && note.isText(message.path("content").asText());
            if (isMacros || ours.asText().equals(marker)) {
                return true;
            }
        }
        return false;
    }

    private static void mayWrite(boolean isRemembered) throws ChatwootException {
        if (!isRemembered) {
            throw new ChatwootException.Unavailable("too many of our own writes wait for their webhooks");
        }
    }

    /** The whole map, unless a value in it was redacted: that must never be written back. */
    private Optional<Map<String, Object>> knownAttributes(Delivery delivery) {
        return known(delivery, ConversationState::attributes).filter(map -> !isRedacted(map));
    }

    private Map<String, Object> lastKnownAttributes(Delivery delivery) throws ChatwootException {
        Map<String, Object> known = lastKnown(delivery, ConversationState::attributes);
        if (isRedacted(known)) {
            throw new ChatwootException.Unavailable("custom_attributes changed before they could be written");
        }
        return known;
    }

    /** What a read was found needless for, or newer. It is there even if it has aged since; never write on top of nothing. */
    private <T> T lastKnown(Delivery delivery, Function<ConversationState, Optional<Observed<T>>> part)
            throws ChatwootException {
        return state(delivery)
                .flatMap(part)
                .map(Observed::value)
                .orElseThrow(() -> new ChatwootException.Unavailable("the conversation's state is not known any more"));
    }

    private static boolean isRedacted(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().anyMatch(Calls::isRedacted);
        }
        if (value instanceof List<?> list) {
            return list.stream().anyMatch(Calls::isRedacted);
        }
        return Secrets.REDACTED.equals(value);
    }

    private static Map<String, Object> redacted(Map<String, Object> map) {
        Map<String, Object> clean = Secrets.redact(map);
        clean.replaceAll((key, value) -> redactedWithin(value));
        return clean;
    }

    @SuppressWarnings("unchecked")
    private static Object redactedWithin(Object value) {
        if (value instanceof Map<?, ?> map) {
            return redacted((Map<String, Object>) map);
        }
        return value instanceof List<?> list
                ? list.stream().map(Calls::redactedWithin).collect(Collectors.toCollection(ArrayList::new))
                : value;
    }

    private <T> Optional<T> known(Delivery delivery, Function<ConversationState, Optional<Observed<T>>> part) {
        Instant now = clock.instant();
        return state(delivery)
                .flatMap(part)
                .filter(observed -> observed.isFresh(now.minus(snapshotFresh), now))
                .map(Observed::value);
    }

    private Optional<ConversationState> state(Delivery delivery) {
        return conversations.find(delivery.accountId(), delivery.conversationId());
    }

    /**
     * What a read showed, for the conversation's other wishes. Servers before 4.0.2 do not say which version it is
     * ({@code _conversation.json.jbuilder}); then it may be older than what a webhook has brought meanwhile.
     */
    private void remember(Delivery delivery, ApiAnswer read) throws ChatwootException {
        JsonNode shown = read == null ? MissingNode.getInstance() : read.body();
        OptionalLong version = Times.micros(shown.path("updated_at"));
        if (version.isPresent() && shown.path("labels").isArray()) {
            conversations.saw(delivery, version.getAsLong(), texts(read, shown), redacted(attributes(read)));
        }
    }

    /** A list of texts, bare, in {@code payload} (both dialects), or a conversation's. */
    private static List<String> texts(ApiAnswer answer, JsonNode body) throws ChatwootException {
        JsonNode list = body.isArray() ? body : body.has("labels") ? body.path("labels") : body.path("payload");
        if (!list.isArray()) {
            throw new ChatwootException.Unavailable(answer + " without a list of labels");
        }
        List<String> texts = new ArrayList<>();
        list.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    private static Map<String, Object> attributes(ApiAnswer answer) throws ChatwootException {
        return attributes(answer, answer.body());
    }

    private static Map<String, Object> attributes(ApiAnswer answer, JsonNode conversation) throws ChatwootException {
        JsonNode map = conversation.path("custom_attributes");
        if (!map.isObject()) {
            throw new ChatwootException.Unavailable(answer + " without custom_attributes");
        }
        return Json.map(map);
    }

    private static Requests requests(Delivery delivery) {
        return new Requests(delivery.accountId());
    }
}
