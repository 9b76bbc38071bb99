package io.leadroutes.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.leadroutes.conversation.Reason;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How often each rule was met of late, by what was written down because of it; all by primary key. */
public final class RuleHits {
    static final int SCORE_ENTRIES = 5_000;
    static final int WISHES = 1_000;

    /** Longer ones have more reasons than anybody counts, and would fill the memory. */
    private static final int MAX_REASONS_CHARS = 20_000;

    private static final TypeReference<List<Reason>> REASONS = new TypeReference<>() {};

    private final Database database;

    public RuleHits(Database database) {
        this.database = database;
    }

    /**
     * @param scores of the newest 5,000 score entries, how many are of each rule
     * @param wishes of the newest 1,000 wishes beside those that write the score, how many have each rule as a reason
     */
    public record Counts(Map<String, Long> scores, Map<String, Long> wishes) {}

    public Counts count() {
        return new Counts(scores(), wishes());
    }

    private Map<String, Long> scores() {
        Map<String, Long> counts = new HashMap<>();
        database.jdbc().sql("""
                        SELECT rule, COUNT(*)
                        FROM (SELECT rule FROM score_entry ORDER BY id DESC LIMIT :most) AS newest
                        GROUP BY rule""").param("most", SCORE_ENTRIES).query(rs -> {
            counts.put(rs.getString(1), rs.getLong(2));
        });
        return counts;
    }

    private Map<String, Long> wishes() {
        Map<String, Long> counts = new HashMap<>();
        database.jdbc()
                .sql("""
                        SELECT reasons
                        FROM (SELECT kind, reasons FROM outbox ORDER BY id DESC LIMIT :most) AS newest
                        WHERE kind <> 'attributes' AND LENGTH(reasons) <= :chars""")
                .param("most", WISHES)
                .param("chars", MAX_REASONS_CHARS)
                .query(rs -> {
                    Set<String> rules = new HashSet<>();
                    Json.read(rs.getString(1), REASONS).forEach(reason -> rules.add(reason.rule()));
                    rules.forEach(rule -> counts.merge(rule, 1L, Long::sum));
                });
        return counts;
    }
}
