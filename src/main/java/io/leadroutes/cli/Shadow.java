package io.leadroutes.cli;

import io.leadroutes.conversation.Comparison;
import io.leadroutes.conversation.Comparison.Both;
import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.Destinations;
import io.leadroutes.conversation.Differences;
import io.leadroutes.conversation.Effect;
import io.leadroutes.conversation.Rehearsal;
import io.leadroutes.conversation.Rehearsal.Heard;
import io.leadroutes.conversation.Steps;
import io.leadroutes.conversation.Waits;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.store.Claim;
import io.leadroutes.store.LaneGroup;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has other rules decide beside the active ones on what comes in, to no effect but counts. Both begin with what was known
 * of a conversation when the first event came; the scores of the {@value #MOST} conversations that were heard of last are
 * in memory. When one of both rule files changes, all begins anew. Thread-safe.
 */
public final class Shadow {
    private static final int MOST = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Shadow.class);

    private final Supplier<RuleBook> active;
    private final Optional<LiveRules> other;
    private final Destinations destinations;
    private final Clock clock;
    private final Consumer<Effect> counter;
    private Optional<Run> run = Optional.empty();

    /**
     * @param other absent: nothing is compared
     * @param counter is told each effect that only one of both has
     */
    Shadow(
            Supplier<RuleBook> active,
            Optional<LiveRules> other,
            Destinations destinations,
            Clock clock,
            Consumer<Effect> counter) {
        this.active = active;
        this.other = other;
        this.destinations = destinations;
        this.clock = clock;
        this.counter = counter;
    }

    /** Counts in what the events that were handled are decided to be by both. Never fails. */
    public void compare(LaneGroup group) {
        group.getTaken().forEach(this::compare);
    }

    private void compare(Claim claim) {
        try {
            Optional<RuleBook> shadow = other.flatMap(LiveRules::current);
            if (claim.opened().isPresent() && shadow.isPresent()) {
                List<Heard> events = claim.getEvents().stream()
                        .map(event -> new Heard(event.event(), event.receivedAt()))
                        .toList();
                run(active.get(), shadow.get()).take(claim.opened().get(), events);
            }
        } catch (RuntimeException e) {

            // What it says may hold what a customer wrote.
            LOG.warn(
                    "rules.shadow could not decide, which changes nothing: {}",
                    e.getClass().getName());
        }
    }

    private synchronized Run run(RuleBook ours, RuleBook theirs) {
        if (run.filter(now -> now.ours == ours && now.theirs == theirs).isEmpty()) {
            run = Optional.of(new Run(ours, theirs));
        }
        return run.get();
    }

    /** Looks at the other rule file, as {@link LiveRules#look} does. */
    public void look() {
        other.ifPresent(LiveRules::look);
    }

    /** For the operator: what differs since both rule files are as they are; absent without other rules. */
    synchronized Optional<Map<String, Object>> status() {
        return other.map(LiveRules::status).map(status -> {
            run.ifPresent(now -> status.put("differences", now.differences.summary()));
            return status;
        });
    }

    /** Two rule books side by side. */
    private final class Run {
        private final RuleBook ours;
        private final RuleBook theirs;
        private final Differences differences = new Differences();
        private final Map<Long, Comparison> conversations = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Comparison> eldest) {
                return size() > MOST;
            }
        };

        Run(RuleBook ours, RuleBook theirs) {
            this.ours = ours;
            this.theirs = theirs;
        }

        void take(Conversation decided, List<Heard> events) {
            Comparison comparison = comparison(decided);
            synchronized (comparison) {
                Both both = comparison.take(events, clock.instant());
                differences.add(decided.getId(), both).forEach(counter);
            }
        }

        private synchronized Comparison comparison(Conversation decided) {
            return conversations.computeIfAbsent(
                    decided.getId(),
                    id -> new Comparison(rehearsal(ours, decided.before()), rehearsal(theirs, decided.before())));
        }

        private Rehearsal rehearsal(RuleBook rules, ConversationState start) {
            Steps steps = new Steps(rules, destinations);
            return new Rehearsal(steps, new Waits(rules, steps), start);
        }
    }
}
