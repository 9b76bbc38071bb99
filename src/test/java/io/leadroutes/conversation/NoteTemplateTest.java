package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoteTemplateTest {
    private static final String Z = "\u200b";

    private static String name(String value) {
        return NoteTemplate.render("- Name: {name}", Map.of("name", value));
    }

    @Test
    void placeholdersAreFilled() {
        assertThat(NoteTemplate.render("**Lead** {name}: {score}/100", Map.of("name", "Jonas", "score", "75")))
                .isEqualTo("**Lead** Jonas: 75/100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\n\t", "\u0000", "\u0000 \u0007"})
    void aLineWhoseValueIsMissingIsLeftOut(String nothing) {
        assertThat(NoteTemplate.render(
                        "Lead\n- Name: {name}\n- {score} of {name}\nEnd", Map.of("name", nothing, "score", "1")))
                .isEqualTo("Lead\nEnd");
    }

    @Test
    void aNoteOfNothingButMissingValuesIsEmpty() {
        assertThat(NoteTemplate.render("\n{name}\n\n", Map.of())).isEmpty();
    }

    @Test
    void aValueThatLooksLikeAPlaceholderIsNotFilledAgain() {
        assertThat(NoteTemplate.render("{name}", Map.of("name", "{email} $1 \\1", "email", "SECRET")))
                .doesNotContain("SECRET")
                .contains("$1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{{contact.email}} | {Z{Zcontact.ZemailZ}Z}",
                "{% raw %} | {Z% raw %Z}",
                "[@Boss](mention://user/1/Boss) | \\[@Boss\\]\\(mention:Z//user/1/Boss\\)",
                "![x](http://e.vil/p.png) | \\!\\[x\\]\\(http:Z//e.Zvil/p.Zpng\\)",
                "https://evil.example | https:Z//evil.Zexample",
                "www.evil.example | www.Zevil.Zexample",
                "# Heading | \\# Heading",
                "> quote | \\> quote",
                "- item | \\- item",
                "1. item | 1\\. item",
                "=== | \\=\\=\\=",
                "`code` | \\`code\\`",
                "*b* _i_ ~~s~~ | \\*b\\* \\_i\\_ \\~\\~s\\~\\~",
                "<img src=x> | \\<img src\\=x\\>",
                "a\\*b | a\\\\\\*b",
                "&#91; | \\&\\#91;",
                "Acme Inc. | Acme Inc.",
                "3.5 | 3\\.Z5",
                "jo.doe@acme.example | jo.doe@acme.example"
            })
    @Tag("invariant-12")
    void customersTextIsShownAsItStands(String text, String shown) {
        assertThat(NoteTemplate.harmless(text)).isEqualTo(shown.replace("Z", Z));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085", "\u000b", "\f", "\u0000"})
    void aValueIsOneLine(String lineEnd) {
        assertThat(name("a" + lineEnd + "# b").lines()).hasSize(1);
        assertThat(name("a" + lineEnd + "# b")).matches("- Name: a +\\\\# b");
    }

    @Test
    void aLongValueIsCut() {
        assertThat(NoteTemplate.harmless("\uD83D\uDE80".repeat(600))).isEqualTo("\uD83D\uDE80".repeat(500));
    }

    private static final Pattern UNESCAPED = Pattern.compile("(?<!\\\\)(\\\\\\\\)*[`*_\\[\\]()#<>!|~=&]");

    @Property(tries = 2_000)
    @net.jqwik.api.Tag("invariant-12")
    void noValueHoldsLiquidMentionsLinksOrMarkdown(@ForAll("hostileTexts") String text) {
        String shown = NoteTemplate.harmless(text);

        assertThat(shown)
                .doesNotContain("{{", "}}", "{%", "%}", "mention://", "](", "://")
                .doesNotContainPattern("[\\r\\n\\u2028\\u2029\\u0085\\u0000-\\u001f]");
        assertThat(UNESCAPED.matcher(shown).find()).as(shown).isFalse();
        assertThat(shown.length() - shown.replaceAll("\\\\+$", "").length())
                .as("an odd backslash at the end would escape what follows")
                .isEven();
    }

    @Property(tries = 1_000)
    void whatIsShownIsWhatWasWritten(@ForAll("hostileTexts") String text) {
        String shown = NoteTemplate.harmless(text).replace(Z, "").replaceAll("\\\\([\\p{Punct}])", "$1");
        String written = text.codePoints()
                .limit(500)
                .map(c -> Character.isWhitespace(c) || Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();

        assertThat(shown).isEqualTo(written.replace(Z, ""));
    }

    @Provide
    Arbitrary<String> hostileTexts() {
        Arbitrary<String> pieces = Arbitraries.of(
                "{",
                "}",
                "%",
                "{{",
                "{%",
                "\\",
                "`",
                "[",
                "]",
                "(",
                ")",
                "mention://user/1",
                "://",
                "https:",
                "!",
                "#",
                "\n",
                "\r",
                "\u2028",
                "\u0000",
                "*",
                "_",
                "~",
                "|",
                ">",
                "<",
                "-",
                "+",
                "=",
                "&",
                ".",
                "1",
                "a",
                " ",
                "@",
                "evil.com",
                "\u200b",
                "\uD83D\uDE80",
                "\uD800");
        Arbitrary<String> any = Arbitraries.strings().ofMaxLength(30);
        return Combinators.combine(pieces.list().ofMaxSize(25), any)
                .as((list, tail) -> String.join("", list) + tail + String.join("", List.copyOf(list)));
    }
}
