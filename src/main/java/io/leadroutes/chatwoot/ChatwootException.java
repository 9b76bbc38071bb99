package io.leadroutes.chatwoot;

import java.time.Instant;

/** A request that Chatwoot did not carry out, by what is to be done about it (notes, reliability, section 7). */
public abstract sealed class ChatwootException extends Exception {
    private static final long serialVersionUID = 1L;

    private ChatwootException(String message) {
        super(message);
    }

    /** 408, 5xx, a redirect, or an answer that makes no sense: may go better later. */
    public static final class Unavailable extends ChatwootException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            super(message);
        }
    }

    /** 429, a refused token, or a 503 that names a time: not to be tried again before that time. */
    public static final class Paused extends ChatwootException {
        private static final long serialVersionUID = 1L;
        private final transient Instant until;
        private final boolean reached;

        Paused(String message, Instant until, boolean reached) {
            super(message);
            this.until = until;
            this.reached = reached;
        }

        /** True if the application may have carried the request out all the same. */
        public boolean reached() {
            return reached;
        }

        /** When to try again. */
        public Instant until() {
            return until;
        }
    }

    /** Any other 4xx, or a wish that cannot be: never repeated. */
    public static final class Rejected extends ChatwootException {
        private static final long serialVersionUID = 1L;
        private final String reason;

        /** Chatwoot answered with this status. */
        Rejected(int status, String message) {
            super(message);
            this.reason = "chatwoot-" + status;
        }

        /** What is wished cannot be. */
        Rejected(String message) {
            super(message);
            this.reason = Dispatcher.IMPOSSIBLE;
        }

        /** The class of the refusal, such as {@code chatwoot-404}, by which dead letters are found. */
        public String reason() {
            return reason;
        }
    }
}
