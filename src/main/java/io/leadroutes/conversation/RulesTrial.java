package io.leadroutes.conversation;

import io.leadroutes.rules.EscalateRule;
import io.leadroutes.rules.Extracted;
import io.leadroutes.rules.Facts;
import io.leadroutes.rules.Hit;
import io.leadroutes.rules.QualifyRule;
import io.leadroutes.rules.Reading;
import io.leadroutes.rules.RuleBook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the rules would make of a text, by itself; changes nothing (design, section 5). */
public final class RulesTrial {
    private static final int MOST_MARKS = 1_000;

    private final RuleBook rules;

    public RulesTrial(RuleBook rules) {
        this.rules = rules;
    }

    /**
     * @param labels those that the tag rules would add
     * @param escalates ids of the escalation rules that would fire
     * @param marks the words that rules look for, in text order, the first {@value RulesTrial#MOST_MARKS}
     */
    public record Result(
            List<String> labels,
            int score,
            List<TrialHit> hits,
            boolean qualifies,
            List<String> escalates,
            List<TrialMark> marks) {}

    /** @param kind extract, tag, score, qualify or escalate */
    public record TrialHit(String rule, String kind, List<String> matched, int points) {}

    /**
     * A place in the text.
     *
     * @param kind tag, score, or condition for words that a rule's {@code when} asks for
     * @param rule its id; where in the file the words of a condition stand
     * @param from where it begins in the text, in UTF-16 units
     * @param to where it ends, exclusive
     * @param denied true if the customer denies it, so that it does not count
     */
    public record TrialMark(String rule, String kind, int from, int to, boolean denied) {}

    /**
     * @param given what else is known: {@code labels}, a list; {@code attributes} and {@code contact}, by key; and the other
     *     values that conditions may ask about, by their name, such as {@code referer}
     */
    public Result run(String content, Map<String, Object> given) {
        Reading reading = rules.read(content);
        Map<String, Object> values = values(given);
        values.putIfAbsent("score", 0);
        Set<String> present = labels(given);
        List<Hit> tags = hits(reading, new Facts(present, values), Hit.Kind.TAG);
        Set<String> added = new LinkedHashSet<>();
        tags.forEach(hit -> added.addAll(hit.labels()));
        added.removeAll(present);
        Set<String> all = new LinkedHashSet<>(present);
        all.addAll(added);
        List<Hit> scores = hits(reading, new Facts(all, values), Hit.Kind.SCORE);
        List<ScoreEntry> ledger = new ArrayList<>();
        for (Hit hit : scores) {
            int worth = Ledger.worth(ledger, hit, 0, Instant.EPOCH, rules);
            ledger.add(new ScoreEntry(hit.rule(), rules.version(), worth, 0, hit.matched(), Instant.EPOCH));
        }
        int score = ScoreEntry.score(ledger, Instant.EPOCH);
        if (!given.containsKey("score")) {
            values.put("score", score);
        }
        Optional<QualifyRule> qualify = rules.qualify().filter(rule -> score >= rule.at());
        Optional<List<String>> qualified =
                qualify.flatMap(rule -> rules.qualifyCondition(reading, new Facts(all, values)));
        qualified.ifPresent(held -> all.addAll(qualify.orElseThrow().labels()));
        Map<EscalateRule, List<String>> escalations = rules.escalations(reading, new Facts(all, values));

        List<TrialHit> hits = new ArrayList<>();
        rules.extracted(reading, new Facts(present, values)).forEach(found -> hits.add(trialHit(found)));
        tags.forEach(hit -> hits.add(trialHit(hit)));
        ledger.forEach(entry -> hits.add(new TrialHit(entry.rule(), "score", entry.matched(), entry.points())));
        qualified.ifPresent(held -> hits.add(new TrialHit("qualify", "qualify", held, 0)));
        escalations.forEach((rule, held) -> hits.add(new TrialHit(rule.id(), "escalate", held, 0)));
        return new Result(
                List.copyOf(added),
                score,
                hits,
                qualified.isPresent(),
                escalations.keySet().stream().map(EscalateRule::id).toList(),
                rules.marks(content).stream()
                        .limit(MOST_MARKS)
                        .map(mark ->
                                new TrialMark(mark.rule(), word(mark.kind()), mark.from(), mark.to(), mark.denied()))
                        .toList());
    }

    private static String word(Hit.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private List<Hit> hits(Reading reading, Facts facts, Hit.Kind kind) {
        return rules.hits(reading, facts).stream()
                .filter(hit -> hit.kind() == kind)
                .toList();
    }

    private static Set<String> labels(Map<String, Object> given) {
        return given.get("labels") instanceof List<?> labels
                ? labels.stream().map(String::valueOf).collect(Collectors.toCollection(LinkedHashSet::new))
                : Set.of();
    }

    private static Map<String, Object> values(Map<String, Object> given) {
        Map<String, Object> values = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            if (value instanceof Map<?, ?> byKey) {
                byKey.forEach((key, one) -> values.put(name + "." + key, one));
            } else {
                values.put(name, value);
            }
        });
        return values;
    }

    private static TrialHit trialHit(Extracted found) {
        String attribute = found.rule().attribute();
        String what = found.value()
                .map(value -> attribute + ": " + value)
                .orElseGet(() -> attribute + " is not set: " + found.dropped());
        List<String> matched =
                Stream.concat(found.matched().stream(), Stream.of(what)).toList();
        return new TrialHit(found.rule().id(), "extract", matched, 0);
    }

    private static TrialHit trialHit(Hit hit) {
        return new TrialHit(hit.rule(), word(hit.kind()), hit.matched(), hit.points());
    }
}
