package io.leadroutes.chatwoot;

import io.leadroutes.conversation.Mention;
import io.leadroutes.event.Snapshot.Ref;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * Makes the mentions of a note the links that notify, {@code [@Name](mention://user/ID/Name)} and {@code
 * mention://team/ID/Name} (CONTRACT section 3.4; Chatwoot looks for the part in parentheses and wants the name
 * URL-encoded). A team's link notifies its members from Chatwoot 4.4 on. Who is not there stays a plain name.
 */
final class Mentions {
    /** Somebody who is not in the list may have joined since; each note would cost a call if that were always asked. */
    private static final Duration LISTED_FRESH = Duration.ofMinutes(10);

    private final Teams teams;
    private final Clock clock;
    private final AtomicReference<List<Agent>> agents = new AtomicReference<>(List.of());
    private final Map<Mention.Kind, Instant> listedAt = new ConcurrentHashMap<>();

    Mentions(Teams teams, Clock clock) {
        this.teams = teams;
        this.clock = clock;
    }

    /** True if the text mentions somebody of this kind whom a list that is not older than ten minutes may show. */
    boolean mustList(Mention.Kind kind, String text) {
        Instant listed = listedAt.get(kind);
        boolean isFresh = listed != null && listed.isAfter(clock.instant().minus(LISTED_FRESH));
        return !isFresh
                && Mention.in(text).stream()
                        .anyMatch(mention ->
                                mention.kind() == kind && find(mention).size() != 1);
    }

    void rememberTeams(ApiAnswer list) throws ChatwootException {
        teams.remember(Answers.teams(list).stream()
                .map(team -> new Ref(team.id(), team.name()))
                .toList());
        listedAt.put(Mention.Kind.TEAM, clock.instant());
    }

    void rememberAgents(ApiAnswer list) throws ChatwootException {
        agents.set(List.copyOf(Answers.agents(list)));
        listedAt.put(Mention.Kind.AGENT, clock.instant());
    }

    /** Chatwoot will not list them: asked again when the list would be old. */
    void refused(Mention.Kind kind) {
        listedAt.put(kind, clock.instant());
    }

    /** The text with a link, or a plain name, for each mention. */
    String resolve(String text) {
        return Mention.replaceIn(text, mention -> {
            List<Ref> found = find(mention);
            return found.size() == 1 ? link(mention.kind(), found.get(0)) : mention.plain();
        });
    }

    /** Why some of the text's mentions are plain names, one text for each; empty if all are links. */
    List<String> unresolved(String text) {
        List<String> reasons = new ArrayList<>();
        for (Mention mention : Mention.in(text)) {
            int found = find(mention).size();
            if (found != 1) {
                String kind = mention.kind().name().toLowerCase(Locale.ROOT);
                reasons.add("no mention of \"" + mention.name() + "\": "
                        + (found == 0
                                ? "the account's list shows no such " + kind
                                : found + " have that name; expected the id or e-mail address of one"));
            }
        }
        return reasons;
    }

    private List<Ref> find(Mention mention) {
        if (mention.kind() == Mention.Kind.TEAM) {
            return teams.find(mention.name()).filter(team -> !team.name().isEmpty()).stream()
                    .toList();
        }
        String name = mention.name();
        Predicate<Agent> isMeant = name.chars().allMatch(c -> c >= '0' && c <= '9')
                ? agent -> Long.toString(agent.id()).equals(name)
                : agent -> agent.name().strip().equalsIgnoreCase(name)
                        || agent.email().filter(name::equalsIgnoreCase).isPresent();
        return agents.get().stream()
                .filter(isMeant)
                .map(agent -> new Ref(agent.id(), agent.name()))
                .toList();
    }

    private static String link(Mention.Kind kind, Ref who) {
        String name = who.name().isBlank() ? Long.toString(who.id()) : who.name();
        // The label would end at a bracket, escaped or not, for whoever looks for it by pattern.
        String label = new Mention(kind, name.replaceAll("[\\[\\]]", "")).plain();
        return "[@" + label + "](mention://" + (kind == Mention.Kind.TEAM ? "team/" : "user/") + who.id() + "/"
                + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20") + ")";
    }
}
