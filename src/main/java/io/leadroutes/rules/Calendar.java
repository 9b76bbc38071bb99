package io.leadroutes.rules;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Business hours and holidays in a time zone. A moment is open when the clock on the wall there shows open hours: an hour
 * that a change of the clocks leaves out is not counted, one that comes twice is counted twice.
 */
final class Calendar {
    static final int MINUTES_PER_DAY = 24 * 60;

    /** After that, who waits for so much open time waits in vain. */
    private static final Duration HORIZON = Duration.ofDays(3_660);

    static final Calendar ALWAYS = always();

    private final ZoneId zone;
    private final Map<DayOfWeek, List<Span>> hours;
    private final Set<LocalDate> holidays;

    /**
     * @param hours spans that do not overlap, in order, by day; a day without is closed
     * @param holidays closed, whatever their day
     */
    Calendar(ZoneId zone, Map<DayOfWeek, List<Span>> hours, Set<LocalDate> holidays) {
        this.zone = zone;
        this.hours = Map.copyOf(hours);
        this.holidays = Set.copyOf(holidays);
    }

    /**
     * A part of a day.
     *
     * @param from minute of the day, included
     * @param to minute of the day, excluded; at most {@link #MINUTES_PER_DAY}
     */
    record Span(int from, int to) {}

    private static Calendar always() {
        Map<DayOfWeek, List<Span>> hours = new EnumMap<>(DayOfWeek.class);
        for (DayOfWeek day : DayOfWeek.values()) {
            hours.put(day, List.of(new Span(0, MINUTES_PER_DAY)));
        }
        return new Calendar(ZoneOffset.UTC, hours, Set.of());
    }

    boolean isOpen(Instant at) {
        LocalDateTime shown = LocalDateTime.ofInstant(at, zone);
        int minute = shown.getHour() * 60 + shown.getMinute();
        return spans(shown.toLocalDate()).stream().anyMatch(span -> span.from <= minute && minute < span.to);
    }

    /** How much of this time is open; zero if it ends before it begins. */
    Duration openBetween(Instant from, Instant to) {
        Duration[] open = {Duration.ZERO};
        visit(from, to, (opens, closes) -> {
            open[0] = open[0].plus(Duration.between(opens, closes));
            return true;
        });
        return open[0];
    }

    /** When so much open time has passed since then; absent if that is more than ten years away. */
    Optional<Instant> after(Instant from, Duration open) {
        Duration[] left = {open};
        Instant[] reached = new Instant[1];
        visit(from, from.plus(HORIZON), (opens, closes) -> {
            Duration length = Duration.between(opens, closes);
            if (length.compareTo(left[0]) >= 0) {
                reached[0] = opens.plus(left[0]);
                return false;
            }
            left[0] = left[0].minus(length);
            return true;
        });
        return Optional.ofNullable(reached[0]);
    }

    private interface Visitor {
        /** @return false to see no more */
        boolean open(Instant opens, Instant closes);
    }

    /** The open parts of this time, in order. Between two changes of the clocks, hours and moments run alike. */
    private void visit(Instant from, Instant to, Visitor visitor) {
        Instant begin = from;
        while (begin.isBefore(to)) {
            ZoneOffset offset = zone.getRules().getOffset(begin);
            ZoneOffsetTransition change = zone.getRules().nextTransition(begin);
            Instant end = change == null || change.getInstant().isAfter(to) ? to : change.getInstant();
            LocalDate last = LocalDateTime.ofInstant(end, offset).toLocalDate();
            for (LocalDate date = LocalDateTime.ofInstant(begin, offset).toLocalDate();
                    !date.isAfter(last);
                    date = date.plusDays(1)) {
                for (Span span : spans(date)) {
                    Instant opens = later(moment(date, span.from, offset), begin);
                    Instant closes = earlier(moment(date, span.to, offset), end);
                    if (opens.isBefore(closes) && !visitor.open(opens, closes)) {
                        return;
                    }
                }
            }
            begin = end;
        }
    }

    private List<Span> spans(LocalDate date) {
        return holidays.contains(date) ? List.of() : hours.getOrDefault(date.getDayOfWeek(), List.of());
    }

    private static Instant moment(LocalDate date, int minute, ZoneOffset offset) {
        return date.atStartOfDay().plusMinutes(minute).toInstant(offset);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
