package io.leadroutes.rules;

import io.leadroutes.rules.Calendar.Span;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the {@code calendars} of a rule file. */
final class CalendarFile {
    private static final List<String> KEYS = List.of("time-zone", "hours", "holidays");
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final Pattern SPAN =
            Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)");

    private static final String NAME = "a name of at most 64 lower-case letters, digits and -";
    private static final String ZONE = "a time zone such as Europe/Berlin or UTC";
    private static final String HOURS = "hours such as {mon-fri: \"09:00-17:00\"}";
    private static final String DAY = "a day or days, such as sat or mon-fri";
    private static final String SPANS =
            "hours such as \"09:00-12:00, 13:00-17:00\", in order and within the day, the" + " last at most to 24:00";
    private static final String DATE = "a date such as 2026-12-25";

    private final Problems problems;

    CalendarFile(Problems problems) {
        this.problems = problems;
    }

    /** Each calendar by its name; one that is wrong is there too, so that its rules are not reported as well. */
    Calendars read(Section file) {
        Map<String, Calendar> byName = new LinkedHashMap<>();
        file.entries("calendars", "calendars such as {office: {time-zone: Europe/Berlin, " + HOURS + "}}")
                .ifPresent(calendars -> {
                    for (String name : calendars.keys()) {
                        if (!name.matches("[a-z0-9-]{1,64}")) {
                            problems.unexpected(
                                    calendars.at(name), calendars.path(name), "no name of a calendar", NAME);
                        }
                        byName.put(
                                name,
                                calendars
                                        .section(name, KEYS)
                                        .map(this::calendar)
                                        .orElse(Calendar.ALWAYS));
                    }
                });
        return new Calendars(byName);
    }

    private Calendar calendar(Section section) {
        section.require("time-zone", ZONE);
        section.require("hours", HOURS);
        ZoneId zone = section.text("time-zone", ZONE, text -> zone(text).isPresent() ? null : ZONE)
                .flatMap(CalendarFile::zone)
                .orElse(ZoneId.of("UTC"));
        Map<DayOfWeek, List<Span>> hours = new EnumMap<>(DayOfWeek.class);
        section.entries("hours", HOURS).ifPresent(days -> days.keys()
                .forEach(key -> days.text(key, SPANS, text -> spans(text).isEmpty() ? SPANS : null)
                        .ifPresent(text -> add(hours, days, key, spans(text)))));
        Set<LocalDate> holidays = new HashSet<>();
        section.texts("holidays", "dates", text -> date(text).isPresent() ? null : DATE)
                .forEach(text -> date(text).ifPresent(holidays::add));
        return new Calendar(zone, hours, holidays);
    }

    private void add(Map<DayOfWeek, List<Span>> hours, Section days, String key, List<Span> spans) {
        List<DayOfWeek> named = days(key);
        if (named.isEmpty()) {
            problems.unexpected(days.at(key), days.path(key), "no day", DAY);
        }
        for (DayOfWeek day : named) {
            if (hours.putIfAbsent(day, spans) != null) {
                problems.unexpected(
                        days.at(key),
                        days.path(key),
                        day.name().substring(0, 3).toLowerCase(Locale.ROOT) + " again",
                        "each day once");
            }
        }
    }

    /** Empty if the key names no days, or in the wrong order. */
    private static List<DayOfWeek> days(String key) {
        String[] ends = key.split("-", -1);
        int first = DAYS.indexOf(ends[0]);
        int last = DAYS.indexOf(ends[ends.length - 1]);
        List<DayOfWeek> days = new ArrayList<>();
        for (int day = first; first >= 0 && ends.length <= 2 && day <= last; day++) {
            days.add(DayOfWeek.of(day + 1));
        }
        return days;
    }

    /** Empty if they are not hours, or not in order. */
    private static List<Span> spans(String text) {
        List<Span> spans = new ArrayList<>();
        int end = -1;
        for (String part : text.split(",", -1)) {
            Matcher found = SPAN.matcher(part.strip());
            if (!found.matches()) {
                return List.of();
            }
            int from = minutes(found.group(1), found.group(2));
            int to = found.group(3) == null ? Calendar.MINUTES_PER_DAY : minutes(found.group(3), found.group(4));
            if (from >= to || from < end) {
                return List.of();
            }
            spans.add(new Span(from, to));
            end = to;
        }
        return spans;
    }

    private static int minutes(String hours, String minutes) {
        return Integer.parseInt(hours) * 60 + Integer.parseInt(minutes);
    }

    private static Optional<ZoneId> zone(String text) {
        try {
            return Optional.of(ZoneId.of(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<LocalDate> date(String text) {
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
