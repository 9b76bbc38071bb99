package io.leadroutes.event;

/**
 * A body that is not an event. The message is short, says what was expected and never holds text from the body, so it
 * may be logged and answered; for the same reason there is no cause (Jackson's messages quote the body).
 */
public final class BadEventException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadEventException(String message) {
        super(message);
    }
}
