package io.leadroutes.conversation;

import io.leadroutes.rules.EscalateRule;
import io.leadroutes.rules.Hit;
import io.leadroutes.rules.QualifyRule;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.rules.Score;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the rules would make of a text, by itself; changes nothing (design, section 5). */
public final class RulesTrial {
    private final RuleBook rules;

    public RulesTrial(RuleBook rules) {
        this.rules = rules;
    }

    /**
     * @param labels those that the tag rules would add
     * @param escalates ids of the escalation rules that would fire
     */
    public record Result(
            List<String> labels, int score, List<TrialHit> hits, boolean qualifies, List<String> escalates) {}

    /** @param kind tag, score, qualify or escalate */
    public record TrialHit(String rule, String kind, List<String> matched, int points) {}

    /** @param present labels that the conversation has already */
    public Result run(String content, Set<String> present) {
        List<Hit> tags = rules.tags(content);
        List<Hit> scores = rules.scores(content);
        Set<String> added = new LinkedHashSet<>();
        tags.forEach(hit -> added.addAll(hit.labels()));
        added.removeAll(present);
        int score = Score.total(scores.stream().map(Hit::points).toList());
        Optional<QualifyRule> qualify = rules.qualify().filter(rule -> score >= rule.at());

        Set<String> all = new LinkedHashSet<>(present);
        all.addAll(added);
        qualify.ifPresent(rule -> all.addAll(rule.labels()));
        List<EscalateRule> escalations = rules.escalations(all);

        List<TrialHit> hits = new ArrayList<>();
        tags.forEach(hit -> hits.add(trialHit(hit)));
        scores.forEach(hit -> hits.add(trialHit(hit)));
        qualify.ifPresent(rule -> hits.add(new TrialHit("qualify", "qualify", List.of(), 0)));
        escalations.forEach(rule -> hits.add(new TrialHit(rule.id(), "escalate", List.copyOf(rule.allLabels()), 0)));
        return new Result(
                List.copyOf(added),
                score,
                hits,
                qualify.isPresent(),
                escalations.stream().map(EscalateRule::id).toList());
    }

    private static TrialHit trialHit(Hit hit) {
        return new TrialHit(hit.rule(), hit.kind().name().toLowerCase(Locale.ROOT), hit.matched(), hit.points());
    }
}
