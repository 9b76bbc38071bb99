package io.leadroutes.conversation;

import io.leadroutes.conversation.Comparison.Both;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts in what other rules decide otherwise than the active ones, with a few conversations as examples. Thread-safe. */
public final class Differences {
    private static final int EXAMPLES = 5;

    private final Map<Effect, Row> rows = new LinkedHashMap<>();
    private int compared;
    private int differing;
    private int scores;
    private long activeCalls;
    private long otherCalls;

    /**
     * One effect.
     *
     * @param more how often the other rules alone have it
     * @param fewer how often the active rules alone have it
     * @param conversations some of those
     */
    public record Row(Effect effect, int more, int fewer, List<Long> conversations) {
        private Row with(boolean isMore, long conversation) {
            Set<Long> some = new LinkedHashSet<>(conversations);
            if (some.size() < EXAMPLES) {
                some.add(conversation);
            }
            return new Row(effect, more + (isMore ? 1 : 0), fewer + (isMore ? 0 : 1), List.copyOf(some));
        }
    }

    /**
     * All that was counted.
     *
     * @param compared how many decisions or conversations
     * @param differing how many of them differ in anything but calls
     * @param scores how many of them differ in the score that they end with
     * @param calls of the active rules, about
     * @param otherCalls of the other rules, about
     * @param rows by kind and name
     */
    public record Summary(int compared, int differing, int scores, long calls, long otherCalls, List<Row> rows) {}

    /** Counts one more; answers the effects that only one of both has. */
    public synchronized Set<Effect> add(long conversation, Both both) {
        compared++;
        activeCalls += both.active().calls();
        otherCalls += both.other().calls();
        Set<Effect> more = new LinkedHashSet<>(both.other().effects());
        more.removeAll(both.active().effects());
        Set<Effect> fewer = new LinkedHashSet<>(both.active().effects());
        fewer.removeAll(both.other().effects());
        more.forEach(effect -> count(effect, true, conversation));
        fewer.forEach(effect -> count(effect, false, conversation));
        boolean isOtherScore = both.active().score() != both.other().score();
        scores += isOtherScore ? 1 : 0;
        Set<Effect> all = new LinkedHashSet<>(more);
        all.addAll(fewer);
        differing += isOtherScore || !all.isEmpty() ? 1 : 0;
        return all;
    }

    private void count(Effect effect, boolean isMore, long conversation) {
        rows.put(
                effect,
                rows.getOrDefault(effect, new Row(effect, 0, 0, List.of())).with(isMore, conversation));
    }

    public synchronized Summary summary() {
        List<Row> sorted = new ArrayList<>(rows.values());
        sorted.sort(Comparator.<Row, Effect.Kind>comparing(row -> row.effect().kind())
                .thenComparing(row -> row.effect().what()));
        return new Summary(compared, differing, scores, activeCalls, otherCalls, sorted);
    }
}
