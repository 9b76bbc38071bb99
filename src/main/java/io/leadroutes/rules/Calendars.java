package io.leadroutes.rules;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The calendars of a rule file, by name; the empty name is that of the calendar that is always open. Immutable. */
public final class Calendars {
    /** The name of the calendar that is always open. */
    public static final String ALWAYS = "";

    private final Map<String, Calendar> byName;

    Calendars(Map<String, Calendar> byName) {
        this.byName = Map.copyOf(byName);
    }

    /** Those that the file defines. */
    public Set<String> names() {
        return byName.keySet();
    }

    /**
     * True if this moment is in the calendar's hours and no holiday.
     *
     * @throws IllegalArgumentException if there is no calendar of this name
     */
    public boolean isOpen(String name, Instant at) {
        return calendar(name).isOpen(at);
    }

    /** Those of the file that are open at this moment, in the order of their names. */
    public List<String> open(Instant at) {
        return byName.keySet().stream()
                .filter(name -> isOpen(name, at))
                .sorted()
                .toList();
    }

    /** Those of the file that are closed at this moment, in the order of their names. */
    public List<String> closed(Instant at) {
        return byName.keySet().stream()
                .filter(name -> !isOpen(name, at))
                .sorted()
                .toList();
    }

    /**
     * How much of this time is open; zero if it ends before it begins.
     *
     * @throws IllegalArgumentException if there is no calendar of this name
     */
    public Duration openBetween(String name, Instant from, Instant to) {
        return calendar(name).openBetween(from, to);
    }

    /**
     * When so much open time has passed since then; absent if that is more than ten years away.
     *
     * @throws IllegalArgumentException if there is no calendar of this name
     */
    public Optional<Instant> after(String name, Instant from, Duration open) {
        return calendar(name).after(from, open);
    }

    private Calendar calendar(String name) {
        Calendar calendar = name.equals(ALWAYS) ? Calendar.ALWAYS : byName.get(name);
        if (calendar == null) {
            throw new IllegalArgumentException(
                    "calendar is \"" + name + "\"; expected one of the rule file: " + String.join(", ", names()));
        }
        return calendar;
    }
}
