package io.leadroutes.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.store.Tally.Fate;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever comes from outside, labels have few values. */
@Tag("invariant-12")
class MetricLabelsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Metrics metrics = new Metrics(registry, Set.of("message_created"), () -> false);

    private Set<String> values(String name, String label) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().equals("leadroutes." + name))
                .map(id -> id.getTag(label))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void eventsThatNobodyKnowsAreOneAndSoAreStatusesThatNobodyAnswersWith() {
        for (int i = 0; i < 600; i++) {
            metrics.answered(i, "event-" + i, Duration.ofMillis(1));
            metrics.lost("event-" + i);
        }

        assertThat(values("webhooks", "event")).containsExactly("message_created", "none", "other");
        assertThat(values("webhooks", "result"))
                .containsExactly(
                        "accepted",
                        "busy",
                        "gone",
                        "malformed",
                        "other",
                        "other_account",
                        "too_large",
                        "unauthorized",
                        "unsupported");
        assertThat(values("webhooks.lost", "event")).containsExactly("message_created", "other");
    }

    @Test
    void statusesOfCallsThatAreNotOfTheContractAreToldByTheirClass() {
        for (int status = 0; status < 600; status++) {
            metrics.called("set-labels", status);
        }

        assertThat(values("calls", "status"))
                .hasSizeLessThan(25)
                .contains("none", "200", "429", "2xx", "3xx", "4xx", "5xx")
                .doesNotContain("418");
    }

    @Test
    void verbsEndSomewhere() {
        for (int i = 0; i < 1_500; i++) {
            metrics.called("verb-" + i, 200);
        }

        assertThat(values("calls", "verb")).hasSize(1_001).contains("verb-0", "other");
    }

    @Test
    void kindsOfWishesHaveNoNamesInThem() {
        for (int i = 0; i < 100; i++) {
            metrics.wish("call:" + i, Fate.ADDED);
            metrics.wish("contact-labels:" + i, Fate.GRANTED);
        }

        assertThat(values("wishes", "kind")).containsExactly("call", "contact-labels");
    }

    @Test
    void reasonsOfDeadLettersAreClasses() {
        for (int i = 400; i < 500; i++) {
            metrics.deadWish("chatwoot-" + i);
            metrics.deadEvent("text of a customer " + i);
        }

        assertThat(values("dead.letters", "reason")).hasSizeLessThan(15).contains("chatwoot-404", "other");
    }
}
