package io.leadroutes.store;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a failure is told. */
public final class Failures {
    private Failures() {}

    /** The chain of classes only: for logs, because a message may hold a customer's text (invariant 12). */
    public static String kind(Throwable failure) {
        return causes(failure).map(cause -> cause.getClass().getSimpleName()).collect(Collectors.joining(" < "));
    }

    /** Classes and messages: for the dead letter, which stands beside the payload anyway. */
    static String describe(Throwable failure, int maxChars) {
        String text = causes(failure)
                .map(cause -> cause.getClass().getSimpleName() + ": " + cause.getMessage())
                .distinct()
                .collect(Collectors.joining(" < "))
                .replace('\u0000', ' ');
        return Texts.cut(text, maxChars);
    }

    static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(8);
    }
}
