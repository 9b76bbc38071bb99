package io.leadroutes.sandbox;

import java.util.ArrayList;
import java.util.List;

/** Every API call in order of arrival. */
final class CallLog {
    /** A call's place in the log; its end replaces its beginning. */
    final class Entry {
        private Call call;

        private Entry(Call call) {
            this.call = call;
        }

        void end(int status, String fault) {
            synchronized (CallLog.this) {
                call = call.ended(status, fault);
            }
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    synchronized Entry begin(Call call) {
        Entry entry = new Entry(call);
        entries.add(entry);
        return entry;
    }

    synchronized List<Call> calls() {
        return entries.stream().map(entry -> entry.call).toList();
    }

    synchronized void clear() {
        entries.clear();
    }
}
