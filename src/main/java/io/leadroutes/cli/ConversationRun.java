package io.leadroutes.cli;

import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.cli.BatchRecord.Result;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One conversation after the other: what became of each is recorded, counted and shown. One that fails does not hold up
 * the rest.
 */
final class ConversationRun {
    /** After so many in a row, Chatwoot is taken to be down. */
    private static final int MAX_OUTAGES = 3;

    /** Of failures told one by one; all are in the results. */
    private static final int MAX_TOLD = 20;

    private final CountedCalls calls;
    private final Optional<BatchRecord> record;
    private final BatchProgress progress;
    private final PrintWriter err;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean isStopping;
    private boolean isOver;
    private int outages;
    private int done;
    private int unchanged;
    private int failed;

    /** @param record absent where nothing is done, only counted */
    ConversationRun(CountedCalls calls, Optional<BatchRecord> record, BatchProgress progress, PrintWriter err) {
        this.calls = calls;
        this.record = record;
        this.progress = progress;
        this.err = err;
    }

    /** What is done with one conversation. */
    interface Work {
        /**
         * @throws FailedException saying why it cannot be done
         * @throws StoppedException saying why nothing more can be done
         * @throws IOException if no answer came
         */
        Result carryOut()
                throws ChatwootException, IOException, InterruptedException, FailedException, StoppedException;
    }

    /**
     * Does it, unless the run is over.
     *
     * @throws IOException if the results cannot be written
     */
    void handle(long conversation, Work work) throws IOException, InterruptedException {
        if (isOver()) {
            return;
        }
        int before = calls.taken();
        Result result;
        try {
            result = work.carryOut();
        } catch (ChatwootException.Paused e) {
            stopped("Chatwoot answers " + Refusal.of(e).text());
            return;
        } catch (StoppedException e) {
            stopped(e.getMessage());
            return;
        } catch (ChatwootException e) {
            outages = e instanceof ChatwootException.Rejected ? 0 : outages + 1;
            fail(conversation, before, Refusal.of(e).text());
            return;
        } catch (FailedException e) {
            outages = 0;
            fail(conversation, before, Lines.plain(e.getMessage()));
            return;
        } catch (IOException e) {
            outages++;
            fail(conversation, before, Lines.plain("no answer: " + e.getMessage()));
            return;
        }
        outages = 0;
        end(conversation, result, calls.taken() - before, Optional.empty());
    }

    /** What is done with several conversations together. */
    interface SharedWork {
        /**
         * @return what is done; nothing of the others
         * @throws IOException if no answer came
         */
        Map<Long, Result> carryOut() throws ChatwootException, IOException, InterruptedException;
    }

    /**
     * Does it, unless the run is over. What it leaves, or all if it fails, is for {@link #handle}. The calls are noted with
     * the first that is done.
     *
     * @throws IOException if the results cannot be written
     */
    void handleTogether(SharedWork work) throws IOException, InterruptedException {
        if (isOver()) {
            return;
        }
        int before = calls.taken();
        Map<Long, Result> results;
        try {
            results = work.carryOut();
        } catch (ChatwootException.Paused e) {
            stopped("Chatwoot answers " + Refusal.of(e).text());
            return;
        } catch (ChatwootException e) {
            progress.say(
                    err, "one by one, because Chatwoot answers " + Refusal.of(e).text());
            return;
        } catch (IOException e) {
            progress.say(err, Lines.plain("one by one, because no answer came: " + e.getMessage()));
            return;
        }
        int theirs = calls.taken() - before;
        for (Map.Entry<Long, Result> result : results.entrySet()) {
            end(result.getKey(), result.getValue(), theirs, Optional.empty());
            theirs = 0;
        }
    }

    /** Nothing more is done, for this reason. */
    void stopped(String why) {
        isOver = true;
        progress.say(err, "stopped: " + why);
    }

    /** True when it was told to stop, when Chatwoot refuses the token, or is down. */
    boolean isOver() {
        return isOver || isStopping || outages >= MAX_OUTAGES;
    }

    private void fail(long conversation, int callsBefore, String why) throws IOException {
        end(conversation, Result.FAILED, calls.taken() - callsBefore, Optional.of(why));
        if (failed <= MAX_TOLD) {
            progress.say(err, "failed  conversation " + conversation + ": " + why);
        } else if (failed == MAX_TOLD + 1) {
            progress.say(err, "failed  more of them; the results name each");
        }
    }

    private void end(long conversation, Result result, int itsCalls, Optional<String> error) throws IOException {
        if (record.isPresent()) {
            record.get().add(conversation, result, itsCalls, error);
        }
        switch (result) {
            case DONE -> done++;
            case UNCHANGED -> unchanged++;
            case FAILED -> failed++;
        }
        progress.handled(result == Result.FAILED, itsCalls);
    }

    /** The last one was handled. */
    void ended() {
        ended.countDown();
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

    int handled() {
        return done + unchanged + failed;
    }

    /** One conversation cannot be done; the message says why. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }

    /** Nothing more can be done; the message says why. */
    static final class StoppedException extends Exception {
        private static final long serialVersionUID = 1L;

        StoppedException(String message) {
            super(message);
        }
    }
}
