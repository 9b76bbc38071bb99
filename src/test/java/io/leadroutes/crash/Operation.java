package io.leadroutes.crash;

/**
 * One line of the history, as in Jepsen: what the harness set out to tell the product, and what it then saw.
 *
 * @param number counts up in the order of happening
 * @param letter what is told; the same for each of its deliveries
 * @param delivery id of the delivery
 */
record Operation(long number, Kind kind, Letter letter, String delivery) {
    enum Kind {
        /** The request is about to be sent. */
        INVOKE,
        /** It was answered with 200: from now on it is promised. */
        OK,
        /** It certainly was not taken in. */
        FAIL,
        /** Unknown: killed before the answer, or told that it is not known to be on disk. */
        INFO
    }

    String line() {
        return "%6d %-6s %-10s conversation %d message %d \"%s\" delivery %s"
                .formatted(
                        number,
                        kind.name().toLowerCase(java.util.Locale.ROOT),
                        letter.kind().name().toLowerCase(java.util.Locale.ROOT),
                        letter.conversation(),
                        letter.message(),
                        letter.word(),
                        delivery);
    }
}
