package io.leadroutes.chatwoot;

import io.leadroutes.conversation.RuleMacro;
import io.leadroutes.event.Priority;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The account's macros as last listed, and which of them do what their rule says: one that people have changed is not
 * executed. A list is believed for ten minutes, or until Chatwoot refuses to execute one of it.
 */
public final class Macros {
    private static final Duration LISTED_FRESH = Duration.ofMinutes(10);
    private static final Logger LOG = LoggerFactory.getLogger(Macros.class);

    private final Teams teams;
    private final Clock clock;
    private final AtomicReference<List<Macro>> known = new AtomicReference<>(List.of());
    private volatile Instant listedAt = Instant.MIN;

    /** Macros that are missing or do something else, and until when that is believed. */
    private final Map<RuleMacro, Instant> unusable = new ConcurrentHashMap<>();

    public Macros(Teams teams, Clock clock) {
        this.teams = teams;
        this.clock = clock;
    }

    /** False for one that was missing, or did something else, when it was looked for last. */
    public boolean isUsable(RuleMacro macro) {
        Instant until = unusable.get(macro);
        return until == null || !clock.instant().isBefore(until);
    }

    /** True if the list is not known, or too old. */
    boolean mustList() {
        return !listedAt.isAfter(clock.instant().minus(LISTED_FRESH));
    }

    void remember(ApiAnswer list) throws ChatwootException {
        known.set(Answers.macros(list));
        listedAt = clock.instant();
    }

    /** Chatwoot refused to execute one: the list is out of date, or this token may not. */
    void refused(RuleMacro macro) {
        listedAt = Instant.MIN;
        leaveAside(macro, "Chatwoot refuses to execute it");
    }

    /** The macro's id; absent if there is none that does this and nothing else. */
    OptionalLong find(RuleMacro macro) {
        Optional<Macro> named = known.get().stream()
                .filter(listed -> listed.name().equals(macro.name()))
                .findFirst();
        if (named.isEmpty()) {
            leaveAside(macro, "it is not there; run setup");
            return OptionalLong.empty();
        }
        if (!does(macro, named.get())) {
            leaveAside(macro, "it does something else than the rule says; delete it and run setup");
            return OptionalLong.empty();
        }
        unusable.remove(macro);
        return OptionalLong.of(named.get().id());
    }

    private void leaveAside(RuleMacro macro, String why) {
        if (unusable.put(macro, clock.instant().plus(LISTED_FRESH)) == null) {
            LOG.warn("macro \"{}\" is not used: {}", macro.name(), why);
        }
    }

    private boolean does(RuleMacro wanted, Macro found) {
        Map<String, Set<String>> actions = new HashMap<>();
        if (!wanted.labels().isEmpty()) {
            actions.put("add_label", Set.copyOf(wanted.labels()));
        }
        wanted.priority().map(Priority::word).ifPresent(word -> actions.put("change_priority", Set.of(word)));
        wanted.team()
                .flatMap(teams::find)
                .ifPresent(team -> actions.put("assign_team", Set.of(Long.toString(team.id()))));
        if (wanted.hasNote()) {
            actions.put("add_private_note", Set.of(wanted.note()));
        }
        for (Macro.Action action : found.actions()) {
            Set<String> params = action.params().stream().map(String::valueOf).collect(Collectors.toSet());
            if (!params.equals(actions.remove(action.name()))) {
                return false;
            }
        }
        return actions.isEmpty();
    }
}
