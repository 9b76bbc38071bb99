// Auto-tagging by hand, in Java: labels and a score from the words of each customer message, as the original reference does
// it. (rules.yaml does it with whole words, inflections and denials; this looks for letters: "priceless" asks for the price.)
// Install: copy this file into routes/, name its step in STEPS_MESSAGE in place of the shipped ones, and start again:
//   STEPS_MESSAGE=direct:auto-tag
// It needs a JDK to run, not only a JRE, because it is compiled at start. Settings: none; the labels must be in the account.
// A step's body is the conversation, and it only makes wishes: they are written with the state, merged per conversation, and
// sent under the rate limit. What agents set stays, and a label that is there costs no call.
// The score is that of the last message that scored, as in the reference; step-score adds messages up.
import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.Wishes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

public class AutoTag extends RouteBuilder {
    private static final Map<String, List<String>> TAGS = Map.of(
            "pricing-inquiry", List.of("price", "pricing", "cost", "how much"),
            "technical-issue", List.of("bug", "error", "broken", "not working"),
            "churn-risk", List.of("cancel", "refund", "unsubscribe"),
            "enterprise-lead", List.of("enterprise", "team", "bulk", "organization"),
            "sales-qualified", List.of("demo", "trial", "get started"));

    private static final Map<List<String>, Integer> POINTS = Map.of(
            List.of("enterprise"), 30,
            List.of("budget"), 20,
            List.of("urgent"), 15,
            List.of("demo", "trial"), 25);

    @Override
    public void configure() {
        from("direct:auto-tag")
                .routeId("auto-tag")
                .routeDescription("Labels and scores a conversation by words of the message in hand.")
                .process(this::tag);
    }

    private void tag(Exchange exchange) {
        Wishes wishes = exchange.getContext().getRegistry().lookupByNameAndType("wishes", Wishes.class);
        String text = exchange.getMessage().getBody(Conversation.class).getText().toLowerCase(Locale.ROOT);

        TAGS.forEach((label, words) -> {
            if (words.stream().anyMatch(text::contains)) {
                wishes.addLabels(label, exchange);
            }
        });

        int score = POINTS.entrySet().stream()
                .filter(rule -> rule.getKey().stream().anyMatch(text::contains))
                .mapToInt(Map.Entry::getValue)
                .sum();
        if (score > 0) {
            wishes.setAttribute("lead_score", score, exchange);
        }
    }
}
