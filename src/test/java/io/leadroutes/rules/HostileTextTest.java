package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts made to cost time. Chatwoot takes messages of up to 150,000 characters (CONTRACT section 2.3). */
class HostileTextTest {

    private static final int SHORT = 1 << 16;
    private static final int TIMES = 16;
    private static final int MIBI = SHORT * TIMES;

    /** All that a rule can ask for, with keywords that the texts begin. */
    private static final RuleBook BOOK = RuleBook.parse("hostile.yaml", """
            tags:
              - {id: keywords, any: [demo, price, how much, how how how much, not working, 价格, a, e], labels: [aa]}
              - {id: typos, any: [unsubscribe, aaaaaaab, annuler, kündigen, cancelar, سعر], typos: true, labels: [bb]}
              - {id: near, near: {words: [demo, how, price], within: 50}, labels: [cc]}
              - {id: regex, regex: ['(x+x+)+y'], labels: [dd]}
            """);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a ",
                "demo ",
                "how ",
                "not ",
                "don't want a demo, ",
                "not interested or ",
                "<",
                "<b ",
                "<style>",
                "<!--",
                "&",
                "&#",
                "\u0301",
                "a\u0301\u0327",
                "\u200B",
                "\uFDFA",
                "'",
                "l'",
                "x@y.",
                "a:/",
                "价",
                "不要价格",
                "ｐ",
                "\uD83D\uDE00",
                "\uD800",
                "\n",
                "ed ing s ",
                "> a\n",
                ">",
                "this message\n",
                "on 1\n",
                "on 1 wrote:\n",
                "from: a\n",
                "--\n",
                "<blockquote>",
                "<blockquote></blockquote>",
                "annule ",
                "aaaaaaac ",
                "unsubscribx ",
                "how how ",
                "demo how ",
                "والسعر ",
                "ge",
                "x",
                "d"
            })
    @Tag("attack-25")
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
    void takeLinearTime(String piece) {
        long brief = cpuNanos(piece, SHORT);
        cpuNanos(piece, SHORT);

        long last = cpuNanos(piece, MIBI);

        // Sixteen times the text: a square of its length would cost 256 times as much. Of this thread's processor, not
        // of
        // the clock, and compared with the slowest run, as the first one is.
        assertThat(last).isLessThan(4L * TIMES * Math.max(brief, 1_000_000));
    }

    private static long cpuNanos(String piece, int length) {
        String text = piece.repeat(length / piece.length());
        long before = THREADS.getCurrentThreadCpuTime();
        assertThat(BOOK.hits(text)).isNotNull();
        return THREADS.getCurrentThreadCpuTime() - before;
    }
}
