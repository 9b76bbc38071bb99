package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Priority;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rules.yaml does what the original reference does ("Webhook Event Handler with Auto-Tagging"), on whole words. */
class ShippedRulesTest {

    private final RuleBook book = RuleBook.load(Path.of("rules.yaml"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Hi, what is the price? | pricing-inquiry | 0",
                "How much does the Pro plan cost per month? | pricing-inquiry | 0",
                "I get an error, the export is broken | technical-issue | 0",
                "Login is not working since yesterday | technical-issue | 0",
                "I want to cancel and get a refund | churn-risk | 0",
                "How do I unsubscribe? | churn-risk | 0",
                "We are an organization with 200 people, bulk pricing? | enterprise-lead,pricing-inquiry | 0",
                "Our team needs it | enterprise-lead | 0",
                "Can I get a demo or a trial? | sales-qualified | 25",
                "How do we get started? | sales-qualified | 0",
                "Interested in the enterprise plan | enterprise-lead | 30",
                "We have a budget | '' | 20",
                "It's urgent! | '' | 15",
                "We need it urgently | '' | 15",
                "Hello, I need urgent help with enterprise pricing, our budget is approved, can we get a demo?"
                        + " | enterprise-lead,pricing-inquiry,sales-qualified | 90",
                "ENTERPRISE DEMO | enterprise-lead,sales-qualified | 55",
                "The democracy of terror is priceless teamwork | '' | 0",
                "no, not interested in a demo | '' | 0",
                "I want to cancel our enterprise plan | churn-risk,enterprise-lead | 30",
                "Hello | '' | 0",
            })
    void messagesGetTheReferencesLabelsAndPoints(String message, String labels, int points) {
        assertThat(labelsOf(message)).isEqualTo(labels);
        assertThat(Score.total(book.scores(message).stream().map(Hit::points).toList()))
                .isEqualTo(points);
    }

    @Test
    void aLeadIsQualifiedAtSeventyOfAHundred() {
        QualifyRule qualify = book.qualify().orElseThrow();

        assertThat(qualify.at()).isEqualTo(70);
        assertThat(qualify.labels()).containsExactly("qualified", "hot-lead");
        assertThat(qualify.priority()).isEqualTo(Priority.HIGH);
        assertThat(qualify.team()).contains("sales");
        assertThat(qualify.attributes()).containsExactly("company_size", "industry", "deal_value", "next_follow_up");
        assertThat(qualify.note().orElseThrow())
                .startsWith("**Lead qualified**")
                .contains("{score}/100");
        assertThat(Score.CAP).isEqualTo(100);
    }

    @Test
    void aChurnRiskWithEnterpriseInterestEscalates() {
        List<EscalateRule> rules = escalations("churn-risk", "enterprise-lead", "other");

        assertThat(rules).isEqualTo(book.escalateRules()).hasSize(1);
        EscalateRule rule = rules.get(0);
        assertThat(rule.id()).isEqualTo("churn-risk-enterprise");
        assertThat(rule.labels()).containsExactly("escalated", "urgent", "requires-manager");
        assertThat(rule.priority()).contains(Priority.URGENT);
        assertThat(rule.team()).contains("senior support");
        assertThat(rule.note().orElseThrow()).startsWith("**ESCALATED**");
    }

    @Test
    void eitherAloneDoesNotEscalate() {
        assertThat(escalations("churn-risk")).isEmpty();
        assertThat(escalations("enterprise-lead")).isEmpty();
        assertThat(escalations()).isEmpty();
    }

    private List<EscalateRule> escalations(String... labels) {
        return List.copyOf(book.escalations(book.read(""), new Facts(Set.of(labels), Map.of()))
                .keySet());
    }

    private String labelsOf(String message) {
        return book.tags(message).stream()
                .map(Hit::labels)
                .flatMap(Collection::stream)
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(","));
    }
}
