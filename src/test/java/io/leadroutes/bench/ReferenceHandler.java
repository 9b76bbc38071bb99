package io.leadroutes.bench;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The webhook handler of the API reference ({@code ../shared/chatwoot/api-reference.md}, code examples), one message after
 * the other: labels and score for each message that has a keyword, five calls for a lead, four for an escalation. After a
 * 429 it waits for 60 s, as there; it reads nothing.
 *
 * <p>The reference does not say when a lead is qualified; here, once, when the points of its messages reach 70.
 */
final class ReferenceHandler {
    private static final int QUALIFIES_AT = 70;
    private static final Duration PAUSE = Duration.ofSeconds(60);

    private static final Map<String, List<String>> TAGS = Map.of(
            "pricing-inquiry", List.of("price", "pricing", "cost", "how much"),
            "technical-issue", List.of("bug", "error", "broken", "not working"),
            "churn-risk", List.of("cancel", "refund", "unsubscribe"),
            "enterprise-lead", List.of("enterprise", "team", "bulk", "organization"),
            "sales-qualified", List.of("demo", "trial", "get started"));

    private final SandboxChatwoot sandbox;
    private final Clock clock;
    private final int speed;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Set<Long> qualified = new LinkedHashSet<>();
    private final Set<Long> escalated = new LinkedHashSet<>();
    private final Map<Long, Integer> points = new HashMap<>();
    private int answered;
    private int refused;

    /** @param speed seconds of the clock in a second */
    ReferenceHandler(SandboxChatwoot sandbox, Clock clock, int speed) {
        this.sandbox = sandbox;
        this.clock = clock;
        this.speed = speed;
    }

    int answered() {
        return answered;
    }

    int refused() {
        return refused;
    }

    int leads() {
        return qualified.size();
    }

    /** What it does on {@code message_created}; the snapshot's labels come with it. */
    void customerWrote(long conversation, String text) throws IOException, InterruptedException {
        String content = text.toLowerCase(Locale.ROOT);
        List<String> matched = TAGS.entrySet().stream()
                .filter(tag -> tag.getValue().stream().anyMatch(content::contains))
                .map(Map.Entry::getKey)
                .toList();
        Set<String> labels =
                new LinkedHashSet<>(sandbox.conversation(conversation).labels());
        if (!matched.isEmpty()) {
            labels.addAll(matched);
            labels(conversation, labels);
        }
        int score = (content.contains("enterprise") ? 30 : 0)
                + (content.contains("budget") ? 20 : 0)
                + (content.contains("urgent") ? 15 : 0)
                + (content.contains("demo") || content.contains("trial") ? 25 : 0);
        if (score > 0) {
            attributes(conversation, "{\"lead_score\":" + score + "}");
        }
        if (points.merge(conversation, score, Integer::sum) >= QUALIFIES_AT && qualified.add(conversation)) {
            qualify(conversation);
        }
        if (labels.containsAll(List.of("churn-risk", "enterprise-lead")) && escalated.add(conversation)) {
            escalate(conversation);
        }
    }

    void qualify(long conversation) throws IOException, InterruptedException {
        labels(conversation, List.of("qualified", "hot-lead", "enterprise-interest"));
        attributes(conversation, "{\"lead_score\":85,\"industry\":\"Technology\"}");
        post(conversation, "toggle_priority", "{\"priority\":\"high\"}");
        post(conversation, "assignments", "{\"team_id\":2}");
        note(conversation, "**Lead Qualified**");
    }

    private void escalate(long conversation) throws IOException, InterruptedException {
        post(conversation, "toggle_priority", "{\"priority\":\"urgent\"}");
        labels(conversation, List.of("escalated", "urgent", "requires-manager"));
        post(conversation, "assignments", "{\"team_id\":5}");
        note(conversation, "**ESCALATED**");
    }

    private void labels(long conversation, Iterable<String> labels) throws IOException, InterruptedException {
        List<String> quoted = new ArrayList<>();
        labels.forEach(label -> quoted.add("\"" + label + "\""));
        post(conversation, "labels", "{\"labels\":[" + String.join(",", quoted) + "]}");
    }

    private void attributes(long conversation, String json) throws IOException, InterruptedException {
        post(conversation, "custom_attributes", "{\"custom_attributes\":" + json + "}");
    }

    private void note(long conversation, String text) throws IOException, InterruptedException {
        post(conversation, "messages", "{\"content\":\"" + text + "\",\"message_type\":\"outgoing\",\"private\":true}");
    }

    private void post(long conversation, String what, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + "/api/v1/accounts/"
                        + sandbox.accountId() + "/conversations/" + conversation + "/" + what))
                .header("Content-Type", "application/json")
                .header("api_access_token", sandbox.apiToken())
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        while (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 429) {
            refused++;
            Instant until = clock.instant().plus(PAUSE);
            Thread.sleep(Math.max(1, Duration.between(clock.instant(), until).toMillis() / speed));
        }
        answered++;
    }
}
