package io.leadroutes.crash;

import java.util.List;

/** @param history the operations that it takes to see it, no more */
record Violation(Kind kind, String what, List<Operation> history) {
    enum Kind {
        LOST,
        DOUBLED,
        REORDERED,
        /** A dead letter that should not be one, or something that never came to rest. */
        STUCK
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(kind + ": " + what);
        history.forEach(operation -> out.append("\n    ").append(operation.line()));
        return out.toString();
    }
}
