package io.leadroutes.ops;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Map;

/** What Prometheus shows beside each of our metrics. */
final class MetricTexts implements MeterFilter {
    private static final Map<String, String> TEXTS = Map.ofEntries(
            Map.entry("leadroutes.webhooks", "Webhooks by how they were answered"),
            Map.entry("leadroutes.webhook.ack", "From the head of a webhook to the end of its 200"),
            Map.entry("leadroutes.webhooks.lost", "Events that Chatwoot knew and no webhook had told"),
            Map.entry("leadroutes.inbox.events", "Events that wait or are dead, counted up to 10,001"),
            Map.entry("leadroutes.inbox.oldest.age", "Since the oldest waiting event came"),
            Map.entry("leadroutes.events.handled", "Events that were decided on"),
            Map.entry("leadroutes.decisions", "Decisions, each on all waiting events of a conversation"),
            Map.entry("leadroutes.rule.hits", "Decisions in which a rule scored or was a reason of a wish"),
            Map.entry("leadroutes.leads", "Conversations that qualified"),
            Map.entry("leadroutes.escalations", "Escalations"),
            Map.entry("leadroutes.escalation.send", "From the customer's message to the first call of its escalation"),
            Map.entry("leadroutes.wishes", "Wishes by what became of them"),
            Map.entry("leadroutes.outbox.wishes", "Wishes that are not granted, counted up to 10,001 of a state"),
            Map.entry(
                    "leadroutes.outbox.oldest.age", "Since the oldest was wished for that is neither granted nor dead"),
            Map.entry("leadroutes.calls", "Calls to Chatwoot; status none is one without an answer"),
            Map.entry("leadroutes.budget.used", "Calls of the last minute and in flight"),
            Map.entry("leadroutes.budget.limit", "Calls that there may be in a minute"),
            Map.entry("leadroutes.budget.pause", "For how long nothing is sent, after a 429"),
            Map.entry("leadroutes.rate.limited", "Calls that were answered with 429"),
            Map.entry("leadroutes.token.refused", "1 while Chatwoot refuses the token"),
            Map.entry("leadroutes.dead.letters", "Dead letters by the class of their error"),
            Map.entry("leadroutes.rules.shadow.differences", "What only one of rules.file and rules.shadow does"));

    @Override
    public Meter.Id map(Meter.Id id) {
        String text = TEXTS.get(id.getName());
        return text == null
                ? id
                : new Meter.Id(id.getName(), Tags.of(id.getTagsAsIterable()), id.getBaseUnit(), text, id.getType());
    }
}
