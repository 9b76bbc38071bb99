package io.leadroutes.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far a batch is: on a terminal one line, written anew; else a line for each tenth. Thread-safe.
 *
 * <p>The time left is the longer of what the budget of calls allows and what the pace so far says: at first the budget's
 * permits are all free, and the pace says too little.
 */
final class BatchProgress {
    private static final int STEP_PERCENT = 10;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final PrintWriter out;
    private final boolean isTerminal;
    private final int callsPerMinute;
    private final Clock clock;
    private final Instant start;
    private final Deque<Instant> handledAt = new ArrayDeque<>();
    private int total;
    private int done;
    private int failed;
    private int calls;
    private int shownPercent;
    private int shownChars;

    BatchProgress(PrintWriter out, boolean isTerminal, int total, int callsPerMinute, Clock clock) {
        this.out = out;
        this.isTerminal = isTerminal;
        this.total = total;
        this.callsPerMinute = callsPerMinute;
        this.clock = clock;
        this.start = clock.instant();
    }

    /** How many there are to handle, as far as is known by now. */
    synchronized void total(int known) {
        total = known;
    }

    /** One conversation more is handled. */
    synchronized void handled(boolean isFailed, int itsCalls) {
        if (isFailed) {
            failed++;
        } else {
            done++;
        }
        calls += itsCalls;
        handledAt.addLast(clock.instant());
        int percent = percent() / STEP_PERCENT * STEP_PERCENT;
        if (isTerminal) {
            refresh();
        } else if (percent > shownPercent) {
            shownPercent = percent;
            out.println(line());
            out.flush();
        }
    }

    /** Writes the line of a terminal anew, because time has passed. */
    synchronized void refresh() {
        if (isTerminal && total > 0) {
            String line = line();
            out.print("\r" + line + " ".repeat(Math.max(0, shownChars - line.length())));
            out.flush();
            shownChars = line.length();
        }
    }

    /** A line of its own; on a terminal the progress stands below it. */
    synchronized void say(PrintWriter where, String text) {
        clear();
        where.println(text);
        where.flush();
        refresh();
    }

    /** Ends the line of a terminal, so that what follows stands below it. */
    synchronized void end() {
        if (shownChars > 0) {
            out.println();
            out.flush();
            shownChars = 0;
        }
    }

    private void clear() {
        if (shownChars > 0) {
            out.print("\r" + " ".repeat(shownChars) + "\r");
            out.flush();
            shownChars = 0;
        }
    }

    private String line() {
        String left = handled() == total ? "" : ", " + inWords(left()) + " left";
        return "%3d %%  %d of %d: %d done, %d failed, %d in the last minute%s"
                .formatted(percent(), handled(), total, done, failed, inLastMinute(), left);
    }

    private int handled() {
        return done + failed;
    }

    private int percent() {
        return (int) (100L * handled() / total);
    }

    private int inLastMinute() {
        Instant aMinuteAgo = clock.instant().minus(MINUTE);
        while (!handledAt.isEmpty() && !handledAt.peekFirst().isAfter(aMinuteAgo)) {
            handledAt.removeFirst();
        }
        return handledAt.size();
    }

    private Duration left() {
        if (handled() == 0) {
            return MINUTE.multipliedBy(total - handled()).dividedBy(callsPerMinute);
        }
        int toDo = total - handled();
        Duration byBudget = MINUTE.multipliedBy((long) toDo * calls).dividedBy((long) handled() * callsPerMinute);
        Duration byPace =
                Duration.between(start, clock.instant()).multipliedBy(toDo).dividedBy(handled());
        return byBudget.compareTo(byPace) > 0 ? byBudget : byPace;
    }

    private static String inWords(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 100) {
            return seconds + " s";
        }
        long minutes = (seconds + 30) / 60;
        return minutes < 100 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
