package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with a file, so that one look shows it all. */
final class Problems {

    private final String fileName;
    private final List<Problem> problems = new ArrayList<>();

    Problems(String fileName) {
        this.fileName = fileName;
    }

    /** @param text the key, its value and what was expected */
    void add(Node at, String text) {
        add(at.getStartMark(), text);
    }

    /** A problem at a place, or of the whole file. */
    void add(Optional<Mark> at, String text) {
        // Marks count from 0, people and editors from 1.
        int line = at.map(mark -> mark.getLine() + 1).orElse(0);
        int column = at.map(mark -> mark.getColumn() + 1).orElse(0);
        problems.add(new Problem(line, column, text));
    }

    /** Says what a value is and what it should be. */
    void unexpected(Node at, String path, String value, String expected) {
        add(at, path + " is " + value + "; expected " + expected);
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /** @throws RuleFileException with all problems in the order of the file, if there are any */
    void throwIfAny() {
        if (isEmpty()) {
            return;
        }
        throw new RuleFileException(lines());
    }

    /** All problems in the order of the file. */
    List<String> lines() {
        return problems.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .map(problem -> problem.in(fileName))
                .toList();
    }

    private record Problem(int line, int column, String text) {

        String in(String fileName) {
            return line == 0 ? fileName + ": " + text : fileName + ":" + line + ":" + column + ": " + text;
        }
    }
}
