package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts made to cost time. Chatwoot takes messages of up to 150,000 characters (CONTRACT section 2.3). */
class HostileTextTest {

    private static final int LENGTH = 150_000;

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
                "ed ing s "
            })
    void takeLinearTime(String piece) {
        RuleBook book = RuleBook.load(Path.of("rules.yaml"));
        String text = piece.repeat(LENGTH / piece.length());

        // A square of the length would take minutes; the limit leaves room for a busy machine.
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThatCode(() -> book.hits(text))
                .doesNotThrowAnyException());
    }
}
