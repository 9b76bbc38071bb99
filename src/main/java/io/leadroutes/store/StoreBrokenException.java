package io.leadroutes.store;

/**
 * The database can no longer be believed: an fsync failed, or H2 could not write and has closed itself. After a failed
 * fsync the system may have dropped what was to be written, and a second one would succeed without it: only a restart,
 * which reads what is really there, helps.
 */
public final class StoreBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreBrokenException(Throwable cause) {
        super("the database can no longer be written safely", cause);
    }
}
