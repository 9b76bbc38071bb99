package io.leadroutes.cli;

import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.MessageView;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Records;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the demo prints when the day is over. */
final class DemoReport {
    private static final String LINE = "  %-10s %s%n";
    private static final int MAX_NOTE_CHARS = 90;

    private final PrintWriter out;
    private final Records records;
    private final SandboxChatwoot sandbox;

    DemoReport(PrintWriter out, Records records, SandboxChatwoot sandbox) {
        this.out = out;
        this.records = records;
        this.sandbox = sandbox;
    }

    void conversation(long id, String title, List<String> labelsBefore) {
        ConversationView view = sandbox.conversation(id);
        Map<String, Object> known =
                records.conversation(sandbox.accountId(), id).orElse(Map.of("score", 0, "score_entries", List.of()));
        out.printf("#%d %s%n", id, title);
        out.printf(LINE, "score", known.get("score") + why(known));
        out.printf(LINE, "labels", listed(labelsBefore) + " -> " + listed(view.labels()));
        out.printf(
                LINE,
                "priority",
                view.priority().orElse("-") + ", team " + view.teamName().orElse("-"));
        out.printf(LINE, "attributes", view.customAttributes().isEmpty() ? "none" : view.customAttributes());
        for (MessageView note : view.notes()) {
            out.printf(LINE, "note", firstLine(note.content()));
        }
    }

    private static String why(Map<String, Object> known) {
        List<String> parts = new ArrayList<>();
        for (Object entry : (List<?>) known.get("score_entries")) {
            Map<?, ?> row = (Map<?, ?>) entry;
            parts.add(row.get("rule") + " " + row.get("points") + " " + quoted((List<?>) row.get("matched")));
        }
        return parts.isEmpty() ? "" : " = " + String.join(" + ", parts);
    }

    private static String quoted(List<?> words) {
        return words.stream().map(word -> "\"" + word + "\"").collect(Collectors.joining(" "));
    }

    private static String listed(List<String> labels) {
        return labels.isEmpty() ? "none" : String.join(", ", labels);
    }

    private static String firstLine(String note) {
        String flat = note.replace("\u200b", "")
                .replace("\\", "")
                .lines()
                .filter(line -> !line.isBlank())
                .collect(Collectors.joining(" | "));
        return flat.length() <= MAX_NOTE_CHARS ? flat : flat.substring(0, MAX_NOTE_CHARS) + "...";
    }

    /** Prints the rows of crm_lead and returns how many they are. */
    int leads(List<Map<String, Object>> rows) {
        out.printf("%nLeads in the CRM (table crm_lead)%n");
        out.printf(
                "  %-14s %-10s %5s  %-16s %-12s %-13s %s%n",
                "name", "stage", "score", "company", "size", "industry", "first message");
        for (Map<String, Object> row : rows) {
            out.printf(
                    "  %-14s %-10s %5s  %-16s %-12s %-13s %s%n",
                    row.get("name"),
                    row.get("stage"),
                    row.get("score"),
                    orDash(row.get("company")),
                    orDash(row.get("company_size")),
                    orDash(row.get("industry")),
                    shortened(String.valueOf(row.get("first_message"))));
        }
        return rows.size();
    }

    private static Object orDash(Object value) {
        return value == null ? "-" : value;
    }

    private static String shortened(String text) {
        return text.length() <= 34 ? text : text.substring(0, 34) + "...";
    }

    void calls(int messages, int naive, int leads, int escalations) {
        Map<String, Integer> byPath = new TreeMap<>();
        for (Call call : sandbox.calls()) {
            byPath.merge(
                    call.method() + " " + call.path().replaceAll("\\d+", "N").replaceFirst(".*accounts/N", ""),
                    1,
                    Integer::sum);
        }
        int used = sandbox.calls().size();
        out.printf(
                "%nCalls to Chatwoot: %d for %d customer messages, %d leads and %d escalation(s)%n",
                used, messages, leads, escalations);
        byPath.forEach((path, count) -> out.printf("  %3d  %s%n", count, path));
        out.printf(
                "One call per change and message would have been %d: one per tagged and one per scored message,%n"
                        + "5 per lead, 4 per escalation.%n",
                naive);
    }
}
