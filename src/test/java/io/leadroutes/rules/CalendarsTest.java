package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Open time in a time zone, against a count minute by minute, and what a rule file may say about it. */
class CalendarsTest {
    private static final String OFFICE = "office";
    private static final Calendars CALENDARS =
            calendars("Europe/Berlin", "{mon-fri: '09:00-12:30, 13:30-17:00', sat: '10:00-12:00'}", "2026-12-25");

    /** With changes at night, at midnight, of half an hour, of a whole day, and none. */
    private static final List<String> ZONES = List.of(
            "Europe/Berlin",
            "America/New_York",
            "America/Sao_Paulo",
            "Asia/Beirut",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Asia/Kathmandu",
            "UTC");

    private static final List<String> HOURS = List.of(
            "{mon-sun: '00:00-24:00'}",
            "{mon-fri: '09:00-17:00'}",
            "{mon-sun: '00:15-00:45, 01:30-02:30, 23:30-24:00'}",
            "{sun: '02:15-02:45', mon: '00:00-00:10', sat: '22:59-23:59'}",
            "{fri: '00:00-24:00', sat-sun: '01:59-03:01'}");

    private static Calendars calendars(String zone, String hours, String holiday) {
        return RuleBook.parse(
                        "r.yaml",
                        "calendars: {office: {time-zone: " + zone + ", hours: " + hours + ", holidays: [" + holiday
                                + "]}}")
                .calendars();
    }

    private static Instant at(String local) {
        return ZonedDateTime.parse(local + "[Europe/Berlin]").toInstant();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-09-07T08:59:59.999+02:00, false",
        "2026-09-07T09:00:00+02:00, true",
        "2026-09-07T12:29:59+02:00, true",
        "2026-09-07T12:30:00+02:00, false",
        "2026-09-07T17:00:00+02:00, false",
        "2026-09-05T11:00:00+02:00, true",
        "2026-09-06T11:00:00+02:00, false",
        "2026-12-25T11:00:00+01:00, false",
        "2026-12-24T11:00:00+01:00, true",
    })
    void opensAndClosesByTheClockOnTheWallThere(String at, boolean isOpen) {
        assertThat(CALENDARS.isOpen(OFFICE, at(at))).isEqualTo(isOpen);
        assertThat(CALENDARS.isOpen(Calendars.ALWAYS, at(at))).isTrue();
    }

    @Test
    void onlyOpenTimeCounts() {
        // Friday 16:50 and half an hour: ten minutes today, and twenty on Saturday morning.
        assertThat(CALENDARS.after(OFFICE, at("2026-09-04T16:50:00+02:00"), Duration.ofMinutes(30)))
                .contains(at("2026-09-05T10:20:00+02:00"));
        assertThat(CALENDARS.after(OFFICE, at("2026-09-04T16:30:00+02:00"), Duration.ofMinutes(30)))
                .as("at the end of the day, not at the beginning of the next")
                .contains(at("2026-09-04T17:00:00+02:00"));
        assertThat(CALENDARS.after(OFFICE, at("2026-12-24T16:59:00+01:00"), Duration.ofMinutes(2)))
                .as("over a holiday")
                .contains(at("2026-12-26T10:01:00+01:00"));
        assertThat(CALENDARS.after(Calendars.ALWAYS, at("2026-12-24T16:59:00+01:00"), Duration.ofMinutes(2)))
                .contains(at("2026-12-24T17:01:00+01:00"));
        assertThat(CALENDARS.openBetween(OFFICE, at("2026-09-04T16:50:00+02:00"), at("2026-09-07T09:05:00+02:00")))
                .isEqualTo(Duration.ofMinutes(10 + 120 + 5));
        assertThat(CALENDARS.openBetween(OFFICE, at("2026-09-07T10:00:00+02:00"), at("2026-09-07T09:05:00+02:00")))
                .isZero();
    }

    @Test
    void anHourThatTheClocksLeaveOutIsNotCountedAndOneThatComesTwiceIsCountedTwice() {
        Calendars night = calendars("Europe/Berlin", "{sun: '01:00-04:00'}", "2030-01-01");

        assertThat(night.openBetween(OFFICE, at("2026-03-29T00:00:00+01:00"), at("2026-03-29T12:00:00+02:00")))
                .isEqualTo(Duration.ofHours(2));
        assertThat(night.openBetween(OFFICE, at("2026-10-25T00:00:00+02:00"), at("2026-10-25T12:00:00+01:00")))
                .isEqualTo(Duration.ofHours(4));
        assertThat(night.after(OFFICE, at("2026-03-29T01:30:00+01:00"), Duration.ofHours(1)))
                .contains(at("2026-03-29T03:30:00+02:00"));
    }

    @Property(tries = 300)
    void agreesWithACountMinuteByMinute(@ForAll long seed) {
        Random random = new Random(seed);
        String zone = ZONES.get(random.nextInt(ZONES.size()));
        Instant from = nearAChange(zone, random);
        Calendars calendars = calendars(
                zone,
                HOURS.get(random.nextInt(HOURS.size())),
                from.atZone(ZoneId.of(zone))
                        .toLocalDate()
                        .plusDays(random.nextInt(4))
                        .toString());
        int minutes = random.nextInt(4 * 24 * 60);
        Instant to = from.plus(Duration.ofMinutes(minutes));

        Duration open = Duration.ZERO;
        for (int minute = 0; minute < minutes; minute++) {
            if (calendars.isOpen(OFFICE, from.plus(Duration.ofMinutes(minute)))) {
                open = open.plusMinutes(1);
                assertThat(calendars.after(OFFICE, from, open)).contains(from.plus(Duration.ofMinutes(minute + 1L)));
            }
        }
        assertThat(calendars.openBetween(OFFICE, from, to)).isEqualTo(open);
    }

    /** Up to two days before a change of the clocks, from 2005 to 2026, on a whole minute. */
    private static Instant nearAChange(String zone, Random random) {
        Instant some = Instant.parse("2005-01-01T00:00:00Z").plus(Duration.ofDays(random.nextInt(21 * 365)));
        Instant change = Optional.ofNullable(ZoneId.of(zone).getRules().nextTransition(some))
                .map(transition -> transition.getInstant())
                .orElse(some);
        return change.minus(Duration.ofMinutes(random.nextInt(2 * 24 * 60)));
    }

    @Property(tries = 100)
    void whatIsReachedTakesAsLongAsIsAskedFor(@ForAll @IntRange(min = 1, max = 100_000) int seconds) {
        Instant from = Instant.parse("2026-10-23T14:30:17Z");
        Instant reached =
                CALENDARS.after(OFFICE, from, Duration.ofSeconds(seconds)).orElseThrow();

        assertThat(CALENDARS.openBetween(OFFICE, from, reached)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void whatIsNeverReachedIsAbsent() {
        Calendars rare = calendars("UTC", "{mon: '00:00-00:01'}", "2030-01-01");

        assertThat(rare.after(OFFICE, at("2026-09-07T12:00:00+02:00"), Duration.ofHours(10)))
                .isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rare.isOpen("shop", Instant.EPOCH))
                .withMessage("calendar is \"shop\"; expected one of the rule file: office");
    }

    @Test
    void mistakesNameTheirPlace() {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("r.yaml", """
                        calendars:
                          office:
                            time-zone: Europe/Berlinn
                            hours: {mon-fri: "17:00-09:00", wed: "09:00-17:00", Sun: "10:00-11:00", fri-mon: "10:00-11:00"}
                            holidays: [2026-02-30]
                          shop: {time-zone: UTC, hours: {mon-tue: "09:00-17:00", tue: "09:00-10:00"}}
                        escalate:
                          - {id: slow, waiting: 30 minutes, calendar: offices}
                          - {id: ladder, steps: [{after: 2h, team: a}, {after: 30m, team: b}]}
                          - {id: both, waiting: 5m, steps: [{after: 5m}], team: c}
                          - {id: label, when: {labels: {any: [vip]}}, calendar: office}
                        """))
                .satisfies(
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "r.yaml:3:16: calendars.office.time-zone is \"Europe/Berlinn\"; expected a time zone such as"
                                                + " Europe/Berlin or UTC",
                                        "r.yaml:4:22: calendars.office.hours.mon-fri is \"17:00-09:00\"; expected hours such as"
                                                + " \"09:00-12:00, 13:00-17:00\", in order and within the day, the last at most to"
                                                + " 24:00",
                                        "r.yaml:4:62: calendars.office.hours.Sun is no day; expected a day or days, such as sat or"
                                                + " mon-fri",
                                        "r.yaml:4:86: calendars.office.hours.fri-mon is no day; expected a day or days, such as sat"
                                                + " or mon-fri",
                                        "r.yaml:5:16: calendars.office.holidays[0] is \"2026-02-30\"; expected a date such as"
                                                + " 2026-12-25",
                                        "r.yaml:6:63: calendars.shop.hours.tue is tue again; expected each day once",
                                        "r.yaml:8:25: escalate[0].waiting is \"30 minutes\"; expected a time in minutes or hours,"
                                                + " such as 30m or 2h",
                                        "r.yaml:8:47: escalate[0].calendar is \"offices\"; expected one of the file's calendars:"
                                                + " office, shop",
                                        "r.yaml:9:56: escalate[1].steps[1].after is not longer than in the step before; expected"
                                                + " more",
                                        "r.yaml:10:25: escalate[2].waiting is beside steps; expected either waiting or steps",
                                        "r.yaml:10:57: escalate[2].team is beside steps; expected it in each step that needs it",
                                        "r.yaml:11:57: escalate[3].calendar is without waiting; expected waiting or steps, too"));
    }
}
