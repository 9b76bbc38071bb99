package io.leadroutes.cli;

import io.leadroutes.chatwoot.ApiAnswer;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.ConversationSummary;
import io.leadroutes.chatwoot.RawAnswers;
import io.leadroutes.chatwoot.Reads;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.cli.BatchRecord.Result;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Equal changes of several conversations by bulk actions. A bulk action adds to the labels that stand there, so none of
 * others is lost; it answers before it is done, skips what it does not find and says nothing of failures
 * ({@code bulk_actions_controller.rb}, {@code bulk_actions_job.rb}). Therefore lists, 25 conversations a call, tell before
 * who is so already, and after who has become so. For one thread.
 */
final class BatchShare {
    /** Fewer do not wait for a job. */
    private static final int LEAST = 5;

    /** Chatwoot has no limit of its own; one job works them off. */
    private static final int MAX_BULK = 100;

    /** CONTRACT section 3.3. */
    private static final int PAGE_SIZE = 25;

    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

    private final CountedCalls calls;
    private final Requests requests;
    private final Reads reads;
    private final ConversationRun run;
    private final Waiting waiting;
    private final Clock clock;
    private final Duration confirmWithin;
    private final Set<Long> asked = new HashSet<>();

    /**
     * @param accountId whose conversations they are
     * @param waiting for the jobs
     * @param confirmWithin after this time a job is not waited for
     */
    BatchShare(
            CountedCalls calls,
            long accountId,
            ConversationRun run,
            Waiting waiting,
            Clock clock,
            Duration confirmWithin) {
        this.calls = calls;
        this.requests = new Requests(accountId);
        this.reads = new Reads(requests, accountId);
        this.run = run;
        this.waiting = waiting;
        this.clock = clock;
        this.confirmWithin = confirmWithin;
    }

    /** One page of those that may be as the change wants them. */
    private record Page(OptionalInt total, List<ConversationSummary> conversations) {}

    /**
     * Does what can be done together.
     *
     * @return what is left to be done by itself, also where a bulk action was of no avail
     * @throws IOException if the results cannot be written
     */
    List<BatchItem> carryOut(List<BatchItem> items) throws IOException, InterruptedException {
        Map<BatchChange, List<Long>> equal = items.stream()
                .filter(item -> item.change().isShareable())
                .collect(Collectors.groupingBy(
                        BatchItem::change,
                        LinkedHashMap::new,
                        Collectors.mapping(BatchItem::conversation, Collectors.toList())));
        Set<Long> handled = new HashSet<>();
        for (Map.Entry<BatchChange, List<Long>> group : equal.entrySet()) {
            if (group.getValue().size() >= LEAST) {
                run.handleTogether(() -> {
                    Map<Long, Result> results = share(group.getKey(), group.getValue());
                    handled.addAll(results.keySet());
                    return results;
                });
            }
        }
        return items.stream()
                .filter(item -> !handled.contains(item.conversation()))
                .toList();
    }

    /** True if a bulk action was asked for it. */
    boolean hasAsked(long conversation) {
        return asked.contains(conversation);
    }

    private Map<Long, Result> share(BatchChange change, List<Long> conversations)
            throws ChatwootException, IOException, InterruptedException {
        Page first = page(change, 1);
        if (first.total().isEmpty()
                || !isWorthIt(conversations.size(), first.total().getAsInt())) {
            return Map.of();
        }
        List<ConversationSummary> listed = all(change, first);
        Set<Long> met = met(change, listed);
        Map<Long, Result> results = new LinkedHashMap<>();
        conversations.stream().filter(met::contains).forEach(id -> results.put(id, Result.UNCHANGED));
        List<Long> open = conversations.stream().filter(id -> !met.contains(id)).toList();
        for (int from = 0; from < open.size() && !run.isOver(); from += MAX_BULK) {
            List<Long> some = open.subList(from, Math.min(from + MAX_BULK, open.size()));
            asked.addAll(some);
            Map<String, Object> fields = new LinkedHashMap<>();
            change.status().ifPresent(status -> fields.put("status", status));
            calls.send(requests.bulkUpdate(some, change.addLabels(), List.of(), fields));
        }
        if (!open.isEmpty() && !run.isOver()) {
            Set<Long> known = listed.stream().map(ConversationSummary::id).collect(Collectors.toSet());
            long more = open.stream().filter(id -> !known.contains(id)).count();
            Set<Long> now = met(change, confirmed(change, first.total().getAsInt(), more));
            open.stream().filter(now::contains).forEach(id -> results.put(id, Result.DONE));
        }
        return results;
    }

    /** True if lists before and after, and the calls between, are fewer than one by one would take at the least. */
    private static boolean isWorthIt(int conversations, int listed) {
        int shared = pages(listed) + rounded(conversations, MAX_BULK) + 1 + pages(listed + conversations);
        return shared < 2 * conversations - Math.min(conversations, listed);
    }

    private static int pages(int conversations) {
        return Math.max(1, rounded(conversations, PAGE_SIZE));
    }

    private static int rounded(int all, int each) {
        return (all + each - 1) / each;
    }

    /**
     * What the lists show when the jobs are done: when as many more are listed as there should be, when their number grows
     * no longer, or when the time is up.
     */
    private List<ConversationSummary> confirmed(BatchChange change, int before, long more)
            throws ChatwootException, IOException, InterruptedException {
        Instant end = clock.instant().plus(confirmWithin);
        int last = before;
        for (Duration delay = FIRST_LOOK; ; delay = delay.multipliedBy(2)) {
            waiting.until(clock.instant().plus(delay));
            Page first = page(change, 1);
            int total = first.total().orElse(last);
            boolean isDone = total >= before + more || total > before && total == last;
            if (isDone || run.isOver() || !clock.instant().isBefore(end)) {
                return all(change, first);
            }
            last = total;
        }
    }

    private List<ConversationSummary> all(BatchChange change, Page first)
            throws ChatwootException, IOException, InterruptedException {
        List<ConversationSummary> found = new ArrayList<>(first.conversations());
        int size = found.size();
        for (int number = 2; size > 0 && found.size() < first.total().orElse(0) && !run.isOver(); number++) {
            List<ConversationSummary> next = page(change, number).conversations();
            found.addAll(next);
            size = next.size();
        }
        return found;
    }

    /** Those that have the first of the labels; without labels, those of the status. */
    private Page page(BatchChange change, int number) throws ChatwootException, IOException, InterruptedException {
        List<String> label = change.addLabels().stream().limit(1).toList();
        String status = label.isEmpty() ? change.status().orElseThrow() : "all";
        ApiAnswer answer = calls.send(requests.listConversations(label, status, number));
        return new Page(RawAnswers.total(answer), reads.conversationsOfPage(answer));
    }

    private static Set<Long> met(BatchChange change, List<ConversationSummary> shown) {
        return shown.stream().filter(change::isMet).map(ConversationSummary::id).collect(Collectors.toSet());
    }
}
