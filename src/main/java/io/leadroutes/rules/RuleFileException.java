package io.leadroutes.rules;

import java.util.List;

/**
 * A rule file that cannot be used. The message holds every problem, one a line, in the order of the file, each as {@code
 * file:line:column: key is value; expected ...}.
 */
public final class RuleFileException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    RuleFileException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    RuleFileException(String problem, Throwable cause) {
        super(problem, cause);
        this.problems = List.of(problem);
    }

    /** The lines of the message. */
    public List<String> problems() {
        return problems;
    }
}
