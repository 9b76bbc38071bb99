package io.leadroutes.cli;

import io.leadroutes.chatwoot.ApiRequest;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.ConversationSummary;
import io.leadroutes.chatwoot.Reads;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.cli.BatchRecord.Result;
import io.leadroutes.cli.ConversationRun.FailedException;
import io.leadroutes.event.Priority;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Does equal changes together where that is fewer calls, then one conversation after the other: one read, and only the
 * writes that change something. A conversation that fails does not hold up the rest. All its writes may be repeated
 * (CONTRACT section 4), so the conversation that a kill interrupts is simply done again.
 */
final class BatchRun {
    private final CountedCalls calls;
    private final Requests requests;
    private final Reads reads;
    private final BatchShare share;
    private final ConversationRun run;

    /**
     * @param accountId whose conversations they are
     * @param share does what can be done together
     */
    BatchRun(CountedCalls calls, long accountId, BatchShare share, ConversationRun run) {
        this.calls = calls;
        this.requests = new Requests(accountId);
        this.reads = new Reads(requests, accountId);
        this.share = share;
        this.run = run;
    }

    /**
     * The ids of all conversations that have any of the labels, oldest first. All before the first is changed, because a
     * change may move a conversation out of the list.
     */
    static List<Long> select(CountedCalls calls, long accountId, List<String> labels, String status)
            throws ChatwootException, IOException, InterruptedException {
        Requests requests = new Requests(accountId);
        Reads reads = new Reads(requests, accountId);
        Set<Long> ids = new LinkedHashSet<>();
        boolean isNew = true;
        // A server that does not page answers the same list for ever.
        for (int page = 1; isNew; page++) {
            isNew = false;
            for (ConversationSummary found :
                    reads.conversationsOfPage(calls.send(requests.listConversations(labels, status, page)))) {
                isNew |= ids.add(found.id());
            }
        }
        return List.copyOf(ids);
    }

    /**
     * Ends early when it is told to stop, when Chatwoot refuses the token, or is down.
     *
     * @throws IOException if the results cannot be written
     */
    void carryOut(List<BatchItem> items) throws IOException, InterruptedException {
        try {
            for (BatchItem item : share.carryOut(items)) {
                run.handle(item.conversation(), () -> handle(item));
            }
        } finally {
            run.ended();
        }
    }

    private Result handle(BatchItem item) throws ChatwootException, IOException, InterruptedException, FailedException {
        BatchChange change = item.change();
        long id = item.conversation();
        ConversationSummary present = reads.conversation(calls.send(requests.showConversation(id)));
        List<ApiRequest> writes = new ArrayList<>();
        if (change.concernsLabels()) {
            List<String> labels = present.labels().isPresent()
                    ? present.labels().get()
                    : reads.labels(calls.send(requests.listLabels(id)));
            change.labelsOver(labels).ifPresent(wanted -> writes.add(requests.setLabels(id, wanted)));
        }
        if (!change.attributes().isEmpty()) {
            if (present.customAttributes().isEmpty()) {
                // To write over what is not known would erase it (invariant 6).
                throw new FailedException(
                        "Chatwoot's answer does not have the conversation's attributes; nothing is written");
            }
            change.attributesOver(present.customAttributes().get())
                    .ifPresent(wanted -> writes.add(requests.setAttributes(id, wanted, true)));
        }
        Optional<Priority> priority =
                change.priority().filter(wanted -> !present.priority().equals(Optional.of(wanted)));
        priority.ifPresent(wanted -> writes.add(requests.setPriority(id, wanted)));
        // Last, because it is what automation rules and people react to.
        change.status()
                .filter(wanted -> !present.status().equals(Optional.of(wanted)))
                .ifPresent(wanted -> writes.add(requests.setStatus(id, wanted, Optional.empty())));
        for (ApiRequest write : writes) {
            calls.send(write);
        }
        return writes.isEmpty() && !share.hasAsked(id) ? Result.UNCHANGED : Result.DONE;
    }
}
