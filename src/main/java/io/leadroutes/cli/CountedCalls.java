package io.leadroutes.cli;

import io.leadroutes.chatwoot.ApiAnswer;
import io.leadroutes.chatwoot.ApiRequest;
import io.leadroutes.chatwoot.ChatwootException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;

/** A {@link ChatwootSession} that counts what it takes of the budget. For one thread. */
final class CountedCalls implements AutoCloseable {
    private final ChatwootSession session;
    private int taken;

    /** @param waiting is asked to wait for what the server or an outage puts off */
    CountedCalls(Settings settings, Clock clock, Waiting waiting) {
        session = ChatwootSession.open(settings, clock, until -> repeat(waiting, until));
    }

    /** The session waits for nothing but a repetition. */
    private void repeat(Waiting waiting, Instant until) throws InterruptedException {
        waiting.until(until);
        taken++;
    }

    /** As {@link ChatwootSession#send}. */
    ApiAnswer send(ApiRequest request) throws ChatwootException, IOException, InterruptedException {
        taken++;
        return session.send(request);
    }

    /** Calls since the start, repetitions too. */
    int taken() {
        return taken;
    }

    /** As {@link ChatwootSession#budget}. */
    String budget() {
        return session.budget();
    }

    @Override
    public void close() {
        session.close();
    }
}
