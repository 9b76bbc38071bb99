package io.leadroutes.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Says what is waited for, above the progress once there is one. For one thread. */
final class Teller implements Waiting {
    private final PrintWriter out;
    private final Clock clock;
    private final Waiting waiting;
    private BatchProgress progress;

    Teller(PrintWriter out, Clock clock, Waiting waiting) {
        this.out = out;
        this.clock = clock;
        this.waiting = waiting;
    }

    void above(BatchProgress shown) {
        progress = shown;
    }

    @Override
    public void until(Instant time) throws InterruptedException {
        if (time.isAfter(clock.instant().plusSeconds(2))) {
            String text = "waits for Chatwoot until " + time.truncatedTo(ChronoUnit.SECONDS);
            if (progress == null) {
                out.println(text);
                out.flush();
            } else {
                progress.say(out, text);
            }
        }
        waiting.until(time);
    }
}
