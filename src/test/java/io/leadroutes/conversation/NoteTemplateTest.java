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
import org.commonmark.ext.autolink.AutolinkExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.node.ThematicBreak;
import org.commonmark.parser.Parser;
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
    @Tag("attack-19")
    void aLongValueIsCut() {
        assertThat(NoteTemplate.harmless("\uD83D\uDE80".repeat(600))).isEqualTo("\uD83D\uDE80".repeat(500));
    }

    private static final Pattern UNESCAPED = Pattern.compile("(?<!\\\\)(\\\\\\\\)*[`*_\\[\\]()#<>!|~=&]");

    @Property(tries = 2_000)
    @net.jqwik.api.Tag("invariant-12")
    @net.jqwik.api.Tag("attack-18")
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

    private static final String TEMPLATE = """
            **Lead qualified**: {name}

            - Name: {name}
            - {message}

            {message}

            {name} {message}
            Next steps:
            - call {name}, {mention-team: sales}
            """;

    private static final Parser MARKDOWN =
            Parser.builder().extensions(List.of(AutolinkExtension.create())).build();

    /** The note as a Markdown reader sees it, text and all; an address to write to is no link that lures. */
    private static String outline(String note) {
        StringBuilder outline = new StringBuilder();
        MARKDOWN.parse(note).accept(new AbstractVisitor() {
            @Override
            protected void visitChildren(Node parent) {
                boolean isAddress =
                        parent instanceof Link link && link.getDestination().startsWith("mailto:");
                outline.append(isAddress ? "" : "<" + parent.getClass().getSimpleName() + ">");
                super.visitChildren(parent);
                outline.append(isAddress ? "" : "</>");
            }

            @Override
            public void visit(Text text) {
                outline.append(text.getLiteral().replace(Z, ""));
            }

            @Override
            public void visit(SoftLineBreak lineBreak) {
                outline.append('\n');
            }

            @Override
            public void visit(HardLineBreak lineBreak) {
                outline.append("<br>");
            }

            @Override
            public void visit(Code code) {
                outline.append("<code>");
            }

            @Override
            public void visit(FencedCodeBlock code) {
                outline.append("<pre>");
            }

            @Override
            public void visit(IndentedCodeBlock code) {
                outline.append("<pre>");
            }

            @Override
            public void visit(HtmlInline html) {
                outline.append("<html>");
            }

            @Override
            public void visit(HtmlBlock html) {
                outline.append("<html>");
            }

            @Override
            public void visit(ThematicBreak line) {
                outline.append("<hr>");
            }
        });
        return outline.toString();
    }

    @Property(tries = 2_000)
    @net.jqwik.api.Tag("invariant-12")
    @net.jqwik.api.Tag("attack-19")
    void noValueChangesWhatANoteIsMadeOf(@ForAll("hostileTexts") String name, @ForAll("hostileTexts") String message) {
        String safeName = "Q" + name;
        String safeMessage = message + "Q";

        String note = NoteTemplate.render(TEMPLATE, Map.of("name", safeName, "message", safeMessage));

        assertThat(outline(note))
                .isEqualTo(outline(NoteTemplate.render(TEMPLATE, Map.of("name", "NAME", "message", "MESSAGE")))
                        .replace("NAME", shown(safeName))
                        .replace("MESSAGE", shown(safeMessage)));
    }

    /** The text as a reader is to see it: all of it, on one line. */
    private static String shown(String text) {
        return text.codePoints()
                .limit(500)
                .map(c -> Character.isWhitespace(c) || Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip()
                .replace(Z, "");
    }

    @Property(tries = 2_000)
    @net.jqwik.api.Tag("invariant-12")
    @net.jqwik.api.Tag("attack-19")
    void noValueMentionsAnybody(@ForAll("hostileTexts") String name, @ForAll("hostileTexts") String message) {
        String note =
                NoteTemplate.render(TEMPLATE + "{message}{name}", Map.of("name", "Q" + name, "message", message + "Q"));

        assertThat(Mention.in(note)).containsExactly(new Mention(Mention.Kind.TEAM, "sales"));
        assertThat(Mention.replaceIn(note, mention -> "")).doesNotContain("{mention", "mention://", "](");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{mention-team: sales}", "{mention-agent: 12}", "{mention-team}", "mention-team: sales}"})
    @Tag("invariant-12")
    void customersMentionNobody(String text) {
        assertThat(Mention.in(name(text))).isEmpty();
        assertThat(Mention.in(NoteTemplate.render("{{name}", Map.of("name", text))))
                .isEmpty();
    }

    @Test
    void theTeamOfTheRuleIsMentionedByItsName() {
        assertThat(NoteTemplate.render("For {mention-team}", Map.of("mention-team", " Senior Support ")))
                .isEqualTo("For {mention-team: Senior Support}");
        assertThat(NoteTemplate.render("Hi\nFor {mention-team}", Map.of("mention-team", "")))
                .isEqualTo("Hi");
        assertThat(Mention.in(NoteTemplate.render("{mention-team}", Map.of("mention-team", "a} {mention-agent: 1"))))
                .as("a name that would break out")
                .isEmpty();
    }

    @Test
    void mentionsAreTakenFromTheTextInTheirOrder() {
        String text = "{mention-agent: Jane Doe} and {mention-team:sales }, {mention-agent: jo@example.com}";

        assertThat(Mention.in(text))
                .containsExactly(
                        new Mention(Mention.Kind.AGENT, "Jane Doe"),
                        new Mention(Mention.Kind.TEAM, "sales"),
                        new Mention(Mention.Kind.AGENT, "jo@example.com"));
        assertThat(Mention.replaceIn(text, mention -> "$1\\" + mention.name()))
                .isEqualTo("$1\\Jane Doe and $1\\sales, $1\\jo@example.com");
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
                "{mention-team: sales}",
                "mention-agent:",
                "```",
                "~~~",
                "---",
                "===",
                "</b>",
                "<script>",
                "    ",
                "\t",
                "1)",
                "www.",
                "ftp://",
                "mailto:",
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
