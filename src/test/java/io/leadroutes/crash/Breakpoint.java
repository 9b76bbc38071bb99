package io.leadroutes.crash;

import java.util.List;

/**
 * A place in the product's work with its databases at which it is killed or stands still.
 *
 * @param signal KILL or STOP
 * @param name for people
 * @param pattern part of a statement, white space as one space
 * @param count at the how-manieth time, from 1
 */
record Breakpoint(String signal, String name, When when, String pattern, int count) {
    enum When {
        /** The statement is about to be executed. */
        BEFORE,
        /** The statement has been executed. */
        AFTER,
        /** A transaction in which the statement was executed is about to be committed. */
        BEFORE_COMMIT,
        /** The same, committed. */
        AFTER_COMMIT
    }

    private static final String EVENT = "INSERT INTO webhook_event";
    private static final String DECISION = "UPDATE webhook_event SET state = 'done'";
    private static final String DONE = "SET state = 'done', done_at";

    /** Those of both databases. */
    static final List<Breakpoint> COMMON = List.of(
            at("before the intake's commit", When.BEFORE_COMMIT, EVENT),
            at("after the intake's commit, before its sync and the answer", When.AFTER_COMMIT, EVENT),
            at("in mid-decision, a wish inserted", When.AFTER, "INSERT INTO outbox"),
            at("in mid-decision, a score entry inserted", When.AFTER, "INSERT INTO score_entry"),
            at("before the decision's commit", When.BEFORE_COMMIT, DECISION),
            at("after the decision's commit", When.AFTER_COMMIT, DECISION),
            at("before the intent to send is committed", When.BEFORE_COMMIT, "SET state = 'sending'"),
            at("after the intent to send is committed, before the call", When.AFTER_COMMIT, "SET state = 'sending'"),
            at("before the labels' write, its base noted", When.AFTER, "UPDATE conversation SET labels_writes"),
            at("after the labels' answer, before it is noted", When.BEFORE, "UPDATE conversation SET labels ="),
            at("after the answer, before the wish is marked done", When.BEFORE, DONE),
            at("after the wish is marked done", When.AFTER, DONE),
            at("before the CRM's upsert", When.BEFORE, "MERGE INTO crm_lead"),
            at("after the CRM's upsert, before the wish is marked done", When.AFTER, "MERGE INTO crm_lead"));

    /** Those that only H2 has: it syncs before the intake's answer and before a call. */
    static final List<Breakpoint> OF_H2 = List.of(
            at("before a sync", When.BEFORE, "CHECKPOINT SYNC"),
            at("after a sync, before what it is for", When.AFTER, "CHECKPOINT SYNC"));

    private static Breakpoint at(String name, When when, String pattern) {
        return new Breakpoint("KILL", name, when, pattern, 1);
    }

    Breakpoint at(int time) {
        return new Breakpoint(signal, name, when, pattern, time);
    }

    Breakpoint toStandStill() {
        return new Breakpoint("STOP", name, when, pattern, count);
    }

    /** For {@link #parse}. */
    String line() {
        return signal + " " + when + " " + count + " " + pattern;
    }

    static Breakpoint parse(String line) {
        String[] parts = line.split(" ", 4);
        return new Breakpoint(parts[0], "", When.valueOf(parts[1]), parts[3], Integer.parseInt(parts[2]));
    }
}
