package io.leadroutes.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The faults in force, in the order they were asked for; the first that fits a call takes it. */
final class Faults {
    private static final int ALWAYS = -1;

    private static final class Rule {
        private final Fault fault;
        private final Predicate<Call> applies;
        private int left;

        private Rule(Fault fault, Predicate<Call> applies, int left) {
            this.fault = fault;
            this.applies = applies;
            this.left = left;
        }
    }

    private final List<Rule> rules = new ArrayList<>();
    private final List<Fault.Hang> hangs = new ArrayList<>();

    FaultRule add(int times, Fault fault, Predicate<Call> applies) {
        return add(new Rule(fault, applies, times));
    }

    FaultRule addWhile(Predicate<Call> applies, Fault fault) {
        return add(new Rule(fault, applies, ALWAYS));
    }

    private synchronized FaultRule add(Rule rule) {
        rules.add(rule);
        if (rule.fault instanceof Fault.Hang hang) {
            hangs.add(hang);
        }
        return () -> remove(rule);
    }

    private synchronized void remove(Rule rule) {
        rules.remove(rule);
    }

    synchronized Optional<Fault> next(Call call) {
        for (Rule rule : rules) {
            if (rule.left != 0 && rule.applies.test(call)) {
                if (rule.left > 0) {
                    rule.left--;
                }
                return Optional.of(rule.fault);
            }
        }
        return Optional.empty();
    }

    synchronized void clear() {
        rules.clear();
        hangs.forEach(Fault.Hang::release);
        hangs.clear();
    }
}
