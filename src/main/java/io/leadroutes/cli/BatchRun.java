package io.leadroutes.cli;

import io.leadroutes.chatwoot.ApiAnswer;
import io.leadroutes.chatwoot.ApiRequest;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.ConversationSummary;
import io.leadroutes.chatwoot.Reads;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.cli.BatchRecord.Result;
import io.leadroutes.event.Priority;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Does one conversation after the other, each in as few calls as it takes: one read, then only the writes that change
 * something. A conversation that fails does not hold up the rest. All its writes may be repeated (CONTRACT section 4), so
 * the conversation that a kill interrupts is simply done again.
 */
final class BatchRun {
    /** After so many in a row, Chatwoot is taken to be down. */
    private static final int MAX_OUTAGES = 3;

    /** Of failures told one by one; all are in the results. */
    private static final int MAX_TOLD = 20;

    private final CountedCalls calls;
    private final Requests requests;
    private final Reads reads;
    private final BatchRecord record;
    private final BatchProgress progress;
    private final PrintWriter err;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean isStopping;
    private int done;
    private int unchanged;
    private int failed;

    /** @param accountId whose conversations they are */
    BatchRun(CountedCalls calls, long accountId, BatchRecord record, BatchProgress progress, PrintWriter err) {
        this.calls = calls;
        this.requests = new Requests(accountId);
        this.reads = new Reads(requests, accountId);
        this.record = record;
        this.progress = progress;
        this.err = err;
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
            int outages = 0;
            for (BatchItem item : items) {
                if (isStopping || outages >= MAX_OUTAGES) {
                    return;
                }
                int before = calls.taken();
                try {
                    handle(item);
                    outages = 0;
                } catch (ChatwootException.Paused e) {
                    progress.say(
                            err, "stopped: Chatwoot answers " + Refusal.of(e).text());
                    return;
                } catch (ChatwootException e) {
                    fail(item, before, Refusal.of(e).text());
                    outages = e instanceof ChatwootException.Rejected ? 0 : outages + 1;
                } catch (UnansweredException e) {
                    fail(item, before, Lines.plain(e.getMessage()));
                    outages++;
                }
            }
        } finally {
            ended.countDown();
        }
    }

    private void handle(BatchItem item) throws ChatwootException, IOException, InterruptedException {
        int before = calls.taken();
        BatchChange change = item.change();
        long id = item.conversation();
        ConversationSummary present = reads.conversation(send(requests.showConversation(id)));
        List<ApiRequest> writes = new ArrayList<>();
        if (change.concernsLabels()) {
            List<String> labels =
                    present.labels().isPresent() ? present.labels().get() : reads.labels(send(requests.listLabels(id)));
            change.labelsOver(labels).ifPresent(wanted -> writes.add(requests.setLabels(id, wanted)));
        }
        if (!change.attributes().isEmpty()) {
            if (present.customAttributes().isEmpty()) {
                // To write over what is not known would erase it (invariant 6).
                fail(item, before, "Chatwoot's answer does not have the conversation's attributes; nothing is written");
                return;
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
            send(write);
        }
        end(item, writes.isEmpty() ? Result.UNCHANGED : Result.DONE, before, Optional.empty());
    }

    /** Tells a broken connection from a results file that cannot be written. */
    private ApiAnswer send(ApiRequest request) throws ChatwootException, InterruptedException {
        try {
            return calls.send(request);
        } catch (IOException e) {
            throw new UnansweredException(e);
        }
    }

    private void fail(BatchItem item, int callsBefore, String why) throws IOException {
        end(item, Result.FAILED, callsBefore, Optional.of(why));
        if (failed <= MAX_TOLD) {
            progress.say(err, "failed  conversation " + item.conversation() + ": " + why);
        } else if (failed == MAX_TOLD + 1) {
            progress.say(err, "failed  more of them; the results name each");
        }
    }

    private void end(BatchItem item, Result result, int callsBefore, Optional<String> error) throws IOException {
        int itsCalls = calls.taken() - callsBefore;
        record.add(item.conversation(), result, itsCalls, error);
        switch (result) {
            case DONE -> done++;
            case UNCHANGED -> unchanged++;
            case FAILED -> failed++;
        }
        progress.handled(result == Result.FAILED, itsCalls);
    }

    /** No conversation is begun after this; waits a little for the one in hand. For another thread. */
    void stop() {
        isStopping = true;
        try {
            ended.await(3, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isStopping() {
        return isStopping;
    }

    int done() {
        return done;
    }

    int unchanged() {
        return unchanged;
    }

    int failed() {
        return failed;
    }

    /** No answer came. */
    private static final class UnansweredException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnansweredException(IOException cause) {
            super("no answer: " + cause.getMessage(), cause);
        }
    }
}
