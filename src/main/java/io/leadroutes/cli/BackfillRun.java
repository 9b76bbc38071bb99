package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.RawAnswers;
import io.leadroutes.cli.BatchRecord.Result;
import io.leadroutes.cli.ConversationRun.FailedException;
import io.leadroutes.cli.ConversationRun.StoppedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Hands what customers wrote over, one conversation after the other, oldest first. A conversation of which all is handed
 * over is never fetched again; the one that a kill interrupts is handed over again, and known there by its meaning
 * (invariant 2).
 */
final class BackfillRun {
    private static final BatchRecord.Page NONE = new BatchRecord.Page(0, 0, 0);

    private final Backlog backlog;
    private final BiFunction<JsonNode, JsonNode, byte[]> bodies;
    private final Taker taker;
    private final ConversationRun run;
    private final Optional<BatchRecord> record;
    private final boolean isDryRun;
    private final BatchProgress progress;
    private final int before;
    private int others;
    private int messages;

    /** Whoever the messages are for. */
    interface Taker {
        /**
         * @param bodies of webhooks, in order; never empty
         * @throws FailedException if this conversation's cannot be taken
         * @throws StoppedException if none can be
         */
        void take(long conversation, List<byte[]> bodies)
                throws FailedException, StoppedException, InterruptedException;
    }

    /**
     * @param bodies makes a webhook's body of a conversation and a message
     * @param record what earlier runs were through with
     * @param isDryRun nothing is noted in the record
     */
    BackfillRun(
            Backlog backlog,
            BiFunction<JsonNode, JsonNode, byte[]> bodies,
            Taker taker,
            ConversationRun run,
            Optional<BatchRecord> record,
            boolean isDryRun,
            BatchProgress progress) {
        this.backlog = backlog;
        this.bodies = bodies;
        this.taker = taker;
        this.run = run;
        this.record = record;
        this.isDryRun = isDryRun;
        this.progress = progress;
        this.before = record.map(BatchRecord::finished).orElse(0);
    }

    /**
     * Ends early when it is told to stop, when Chatwoot refuses the token or is down, or when nothing more is taken.
     *
     * @throws IOException if the results cannot be written, or a page of conversations does not come
     */
    void carryOut() throws IOException, InterruptedException {
        try {
            BatchRecord.Page recorded = record.map(BatchRecord::page).orElse(NONE);
            long number = Math.max(1, recorded.number());
            Backlog.Page page = backlog.page(number);
            if (recorded.number() > 0 && !isUnmoved(page, recorded)) {
                // Something dropped out of an earlier page, and all after it moved up.
                number = 1;
                page = backlog.firstPageAgain();
            }
            handle(page, number);
            while (!page.isLast() && !run.isOver()) {
                page = backlog.page(++number);
                handle(page, number);
            }
        } catch (ChatwootException e) {
            run.stopped("Chatwoot answers " + Refusal.of(e).text());
        } finally {
            run.ended();
        }
    }

    private static boolean isUnmoved(Backlog.Page page, BatchRecord.Page recorded) {
        return page.ids().size() >= recorded.size() && page.ids().get(recorded.size() - 1) == recorded.last();
    }

    private void handle(Backlog.Page page, long number) throws IOException, InterruptedException {
        others += page.others();
        List<JsonNode> toDo = page.wanted().stream()
                .filter(conversation -> !isFinished(RawAnswers.id(conversation)))
                .toList();
        progress.total(Math.max(page.total().orElse(0) - others - before, run.handled() + toDo.size()));
        for (JsonNode conversation : toDo) {
            run.handle(RawAnswers.id(conversation), () -> handOver(conversation));
        }
        // After a failure the next run begins here.
        if (!isDryRun && record.isPresent() && !page.ids().isEmpty() && !run.isOver() && run.failed() == 0) {
            int size = page.ids().size();
            record.get().page(new BatchRecord.Page(number, size, page.ids().get(size - 1)));
        }
    }

    private boolean isFinished(long conversation) {
        return record.filter(known -> known.isFinished(conversation)).isPresent();
    }

    private Result handOver(JsonNode conversation)
            throws ChatwootException, IOException, InterruptedException, FailedException, StoppedException {
        List<byte[]> all = new ArrayList<>();
        for (JsonNode message : backlog.customerMessages(conversation)) {
            all.add(bodies.apply(conversation, message));
        }
        if (all.isEmpty()) {
            return Result.UNCHANGED;
        }
        taker.take(RawAnswers.id(conversation), all);
        messages += all.size();
        return Result.DONE;
    }

    /** Handed over. */
    int messages() {
        return messages;
    }
}
