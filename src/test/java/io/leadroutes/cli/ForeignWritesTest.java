package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Agents write labels and attributes while we do, webhooks come in any order, answers come late: whatever the interleaving,
 * nothing of theirs is lost and all of ours gets there.
 */
class ForeignWritesTest {
    private static final int CONVERSATIONS = 6;
    private static final int ROUNDS = 5;
    private static final List<String> TEXTS =
            List.of("a bug", "the enterprise plan", "How much is it?", "a demo", "our budget", "urgent");

    @ParameterizedTest
    @CsvSource({"1, direct", "2, direct", "3, macro"})
    @Tag("invariant-6")
    void nothingOfAgentsIsLostAndAllOfOursGetsThere(long seed, String strategy) {
        Random random = new Random(seed);
        try (Product product = Product.connected(
                SandboxChatwoot.builder().deliveryWorkers(4),
                Map.of(
                        "chatwoot.rate-limit",
                        "3000",
                        "chatwoot.confirm-within",
                        "2s",
                        "outbox.lease",
                        "6s",
                        "chatwoot.strategy",
                        strategy))) {
            SandboxChatwoot sandbox = product.sandbox();
            product.installMacros();
            var slow = sandbox.failWhile(
                    call -> call.isWrite() && call.body().hashCode() % 3 == 0, Fault.delay(Duration.ofMillis(60)));
            List<Long> ids = new ArrayList<>();
            Map<Long, Set<String>> labels = new LinkedHashMap<>();
            Map<Long, Map<String, Object>> attributes = new LinkedHashMap<>();
            for (int i = 0; i < CONVERSATIONS; i++) {
                ids.add(product.conversation("Ada " + seed + " " + i));
            }

            for (int round = 0; round < ROUNDS; round++) {
                for (long id : ids) {
                    sandbox.customerWrites(id, TEXTS.get(random.nextInt(TEXTS.size())));
                }
                for (long id : ids) {
                    ConversationView now = sandbox.conversation(id);
                    // One kind a conversation: an agent who replaces all labels may take away ours, and may mean it.
                    if (id % 2 == 0) {
                        labels.computeIfAbsent(id, key -> new LinkedHashSet<>()).add("agents-" + round);
                        Set<String> all = new LinkedHashSet<>(now.labels());
                        all.addAll(labels.get(id));
                        sandbox.agentSetsLabels(id, all.toArray(String[]::new));
                    } else {
                        attributes
                                .computeIfAbsent(id, key -> new LinkedHashMap<>())
                                .put("order", "A-" + round);
                        Map<String, Object> all = new LinkedHashMap<>(now.customAttributes());
                        all.putAll(attributes.get(id));
                        sandbox.agentSetsCustomAttributes(id, all);
                    }
                }
            }
            product.settle();
            slow.close();

            for (long id : ids) {
                ConversationView end = sandbox.conversation(id);
                Map<String, Object> known = product.own("SELECT score FROM conversation WHERE conversation_id = " + id)
                        .get(0);
                assertThat(end.labels())
                        .as("labels that agents set, conversation %d, seed %d", id, seed)
                        .containsAll(labels.getOrDefault(id, Set.of()));
                assertThat(end.customAttributes())
                        .as("attributes that agents set, conversation %d, seed %d", id, seed)
                        .containsAllEntriesOf(attributes.getOrDefault(id, Map.of()));
                if (id % 2 == 0 && (int) known.get("score") > 0) {
                    assertThat(end.customAttributes()).containsEntry("lead_score", known.get("score"));
                }
            }
        }
    }
}
