package io.leadroutes.chatwoot;

import java.time.Instant;

/** A request that Chatwoot did not carry out, by what is to be done about it (notes, reliability, section 7). */
public abstract sealed class ChatwootException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    private ChatwootException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** Of the answer that it comes from; 0 where there was none, or one that makes no sense. */
    public int status() {
        return status;
    }

    /** 408, 5xx, a redirect, or an answer that makes no sense: may go better later. */
    public static final class Unavailable extends ChatwootException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            this(message, 0);
        }

        Unavailable(String message, int status) {
            super(message, status);
        }
    }

    /** 429, a refused token, or a 503 that names a time: not to be tried again before that time. */
    public static final class Paused extends ChatwootException {
        private static final long serialVersionUID = 1L;
        private final transient Instant until;
        private final boolean reached;

        Paused(String message, int status, Instant until, boolean reached) {
            super(message, status);
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

        /** What is wished cannot be. */
        Rejected(String message) {
            this(message, 0);
        }

        /** Chatwoot answered with this status. */
        Rejected(String message, int status) {
            super(message, status);
        }

        /** True if it is because of the token's rights, or because this server has no such call (CONTRACT section 3.1). */
        boolean isAboutAsker() {
            return status() == 401 || status() == 403 || status() == 404;
        }

        /** The class of the refusal, such as {@code chatwoot-404}, by which dead letters are found. */
        public String reason() {
            return status() == 0 ? Dispatcher.IMPOSSIBLE : "chatwoot-" + status();
        }
    }
}
