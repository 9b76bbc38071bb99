package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a wrong rule file is told. */
class RuleFileTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tag: [] | 1:1: tag is an unknown key; did you mean tags?",
                "qualify: {at: 5, prioritty: high} | 1:18: qualify.prioritty is an unknown key; did you mean priority?",
                "qualify: {at: 5, xyz: 1} | 1:18: qualify.xyz is an unknown key; expected at, reset-below, cool-down, when, labels, priority, lower, team, reassign, note, attributes",
                "qualify: {at: 5, at: 6} | 1:18: qualify.at is there twice; expected each key once",
                "qualify: {labels: [ab]} | 1:10: qualify has no at; expected the points that qualify a lead",
                "qualify: {at: 70.5} | 1:15: qualify.at is 70.5; expected a whole number from 1 to 100",
                "qualify: {at: '70'} | 1:15: qualify.at is \"70\"; expected a whole number from 1 to 100",
                "qualify: {at: 101} | 1:15: qualify.at is 101; expected a whole number from 1 to 100",
                "qualify: {at: 99999999999} | 1:15: qualify.at is 99999999999; expected a whole number from 1 to 100",
                "qualify: {at: } | 1:14: qualify.at is empty; expected a whole number from 1 to 100",
                "qualify: 70 | 1:10: qualify is 70; expected keys: at, reset-below, cool-down, when, labels, priority, lower, team, reassign, note, attributes",
                "qualify: {at: 5, priority: hihg} | 1:28: qualify.priority is \"hihg\"; expected none, low, medium, high or urgent",
                "qualify: {at: 5, priority: High} | 1:28: qualify.priority is \"High\"; expected none, low, medium, high or urgent",
                "qualify: {at: 5, team: [a]} | 1:24: qualify.team is a list; expected a team's name or numeric id",
                "qualify: {at: 5, attributes: [deal value]} | 1:31: qualify.attributes[0] is \"deal value\"; expected an attribute key of letters, digits, _, . or -",
                "qualify: {at: 5, note: 'Hi {nme}'} | 1:24: qualify.note is \"Hi {nme}\"; expected only these placeholders instead of {nme}: {company}, {company_size}, {deal_value}, {email}, {from}, {industry}, {labels}, {mention-team}, {message}, {name}, {next_follow_up}, {phone}, {reasons}, {rule}, {score}, {team}, {mention-agent: NAME}, {mention-team: NAME}",
                "handoff: {} | 1:10: handoff has no note; expected Markdown text",
                "handoff: {text: hi, note: hi} | 1:11: handoff.text is an unknown key; expected note",
                "qualify: {at: 5, labels: [Hot]} | 1:27: qualify.labels[0] is \"Hot\"; expected a lower-case label of at least 2 letters, digits, _ or -, the first a letter or digit",
                "qualify: {at: 5, labels: ['a,b']} | 1:27: qualify.labels[0] is \"a,b\"; expected a lower-case label of at least 2 letters, digits, _ or -, the first a letter or digit",
                "qualify: {at: 5, labels: [x]} | 1:27: qualify.labels[0] is \"x\"; expected a lower-case label of at least 2 letters, digits, _ or -, the first a letter or digit",
                "qualify: {at: 5, labels: []} | 1:26: qualify.labels is an empty list; expected a list of labels",
                "qualify: {at: 5, labels: hot} | 1:26: qualify.labels is \"hot\"; expected a list of labels",
                "qualify: {at: 5, labels: [hot, hot]} | 1:32: qualify.labels[1] is \"hot\" again; expected each once",
                "tags: [{id: a, any: [404], labels: [ab]}] | 1:22: tags[0].any[0] is 404; expected a text (in quotes)",
                "tags: [{id: a, any: ['?!'], labels: [ab]}] | 1:22: tags[0].any[0] is \"?!\"; expected words of letters or digits, with nothing but spaces or hyphens between them",
                "tags: [{id: a, any: [a@b.example], labels: [ab]}] | 1:22: tags[0].any[0] is \"a@b.example\"; expected words of letters or digits, with nothing but spaces or hyphens between them",
                "tags: [{id: a, any: ['price, cost'], labels: [ab]}] | 1:22: tags[0].any[0] is \"price, cost\"; expected words of letters or digits, with nothing but spaces or hyphens between them",
                "tags: [{id: a, any: [' '], labels: [ab]}] | 1:22: tags[0].any[0] is \"\"; expected a text",
                "tags: [{id: a b, any: [demo], labels: [ab]}] | 1:13: tags[0].id is \"a b\"; expected an id of lower-case letters, digits and -, at most 64 characters",
                "tags: [{id: a, any: [demo], points: 5, labels: [ab]}] | 1:29: tags[0].points is an unknown key; expected id, any, near, regex, typos, when, labels, examples",
                "tags: [{id: a, labels: [ab]}] | 1:8: tags[0] has no any; expected a list of keywords, or near, regex or when",
                "tags: [{id: a, any: [demo], typos: yes, labels: [ab]}] | 1:36: tags[0].typos is \"yes\"; expected true or false",
                "tags: [{id: a, near: [demo], labels: [ab]}] | 1:22: tags[0].near is a list; expected keys: words, within",
                "tags: [{id: a, near: {words: [a b, c]}, labels: [ab]}] | 1:22: tags[0].near has no within; expected a whole number of words from 2 to 50",
                "tags: [{id: a, near: {within: 5}, labels: [ab]}] | 1:22: tags[0].near has no words; expected a list of 2 to 5 keywords",
                "tags: [{id: a, near: {words: [demo], within: 5}, labels: [ab]}] | 1:30: tags[0].near.words is a list of 1; expected a list of 2 to 5 keywords",
                "tags: [{id: a, near: {words: [a, b], within: 51}, labels: [ab]}] | 1:46: tags[0].near.within is 51; expected a whole number of words from 2 to 50",
                "tags: [{id: a, near: {words: [a, '?'], within: 5}, labels: [ab]}] | 1:34: tags[0].near.words[1] is \"?\"; expected words of letters or digits, with nothing but spaces or hyphens between them",
                "tags: [{id: a, regex: ['(a'], labels: [ab]}] | 1:24: tags[0].regex[0] is \"(a\"; expected a regular expression of RE2 (no look-around, no back-reference) of at most 200 characters (missing closing ))",
                "tags: [{id: a, regex: ['(?=a)b'], labels: [ab]}] | 1:24: tags[0].regex[0] is \"(?=a)b\"; expected a regular expression of RE2 (no look-around, no back-reference) of at most 200 characters (invalid or unsupported Perl syntax)",
                "tags: [{id: a, regex: ['(a)\\1'], labels: [ab]}] | 1:24: tags[0].regex[0] is \"(a)\\1\"; expected a regular expression of RE2 (no look-around, no back-reference) of at most 200 characters (invalid escape sequence)",
                "tags: [{id: a, regex: ['a*'], labels: [ab]}] | 1:24: tags[0].regex[0] is \"a*\"; expected a regular expression that needs at least one character",
                "tags: [{id: a, regex: ['(a{99}){99}'], labels: [ab]}] | 1:24: tags[0].regex[0] is \"(a{99}){99}\"; expected a regular expression with fewer or smaller repetitions",
                "tags: [demo] | 1:8: tags[0] is \"demo\"; expected keys: id, any, near, regex, typos, when, labels, examples",
                "tags: {id: a} | 1:7: tags is a mapping; expected a list of rules",
                "scores: [{id: a, any: [demo], points: 0}] | 1:39: scores[0].points is 0; expected a whole number from -100 to 100, not 0",
                "scores: [{id: a, any: [demo], points: 5, repeat: often}] | 1:50: scores[0].repeat is \"often\"; expected once, each, or {every: 7d, at_most: 3}",
                "scores: [{id: a, any: [demo], points: 5}, {id: a, any: [trial], points: 5}] | 1:48: scores[1].id is \"a\" again; expected an id that no other rule of this list has",
                "escalate: [{id: a, when: {labels: {none: [ab]}}}] | 1:35: escalate[0].when.labels asks for no label; expected all or any",
                "escalate: [{id: a}] | 1:12: escalate[0] has no when; expected a condition, such as {labels: {all: [churn-risk]}}",
                "tags: [{id: a, any: [demo], labels: [ab], examples: {match: [a trial]}}] | 1:62: tags[0].examples.match[0] of rule a is \"a trial\"; expected a match, found none",
                "tags: [{id: a, any: [demo], labels: [ab], examples: {match: [no demo]}}] | 1:62: tags[0].examples.match[0] of rule a is \"no demo\"; expected a match, found none (denied: \"demo\")",
                "tags: [{id: a, any: [demo], labels: [ab], examples: {no_match: [two Demos]}}] | 1:65: tags[0].examples.no_match[0] of rule a is \"two Demos\"; expected no match, found \"Demos\"",
                "qualify: !!java.io.File {at: 5} | 1:10: qualify is a mapping; expected keys: at, reset-below, cool-down, when, labels, priority, lower, team, reassign, note, attributes",
                "qualify: {at: !!str 5} | 1:15: qualify.at is \"5\"; expected a whole number from 1 to 100",
                "{} | 1:1: the file has no rules; expected at least one of tags, scores, caps, half-life, extract, qualify, escalate, handoff, calendars",
                "[] | 1:1: the file is a list; expected keys: tags, scores, caps, half-life, extract, qualify, escalate, handoff, calendars",
            })
    @Tag("attack-24")
    void aWrongValueIsNamedWithItsPlaceAndWhatWasExpected(String yaml, String problem) {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("rules.yaml", yaml))
                .withMessage("rules.yaml:" + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{mention-teem: sales}",
                "{mention-team:}",
                "{mention-team: }",
                "{mention-agent}",
                "{mention-agent: {name}}",
                "{mention-agent: a\nb}",
                "{Mention-team: sales}",
                "{{ contact.name }}",
                "{% raw %}",
            })
    void aNoteWithWhatIsNoPlaceholderIsRefusedWithItsLine(String note) {
        String yaml =
                "scores: [{id: a, any: [demo], points: 5}]\nhandoff:\n  note: \"" + note.replace("\n", "\\n") + "\"\n";

        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("rules.yaml", yaml))
                .withMessageStartingWith("rules.yaml:3:9: handoff.note is ")
                .withMessageContaining("{mention-agent: NAME}, {mention-team: NAME}");
    }

    @Test
    void allProblemsAreReportedInTheOrderOfTheFile() {
        String yaml = """
                scores:
                  - id: demo
                    any: [demo]
                    point: 5
                tags:
                  - {id: a, any: [demo], labels: [Hot], examples: {match: ["trial"]}}
                """;

        RuleFileException problems =
                catchThrowableOfType(RuleFileException.class, () -> RuleBook.parse("my.yaml", yaml));

        assertThat(problems.problems())
                .containsExactly(
                        "my.yaml:2:5: scores[0] has no points; expected a whole number of points",
                        "my.yaml:4:5: scores[0].point is an unknown key; did you mean points?",
                        "my.yaml:6:35: tags[0].labels[0] is \"Hot\"; expected a lower-case label of at least 2 letters,"
                                + " digits, _ or -, the first a letter or digit",
                        "my.yaml:6:60: tags[0].examples.match[0] of rule a is \"trial\"; expected a match, found none");
        assertThat(problems).hasMessage(String.join("\n", problems.problems()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tags: [ | rules.yaml:1:8: is no YAML: ",
                "a: b: c | rules.yaml:1:5: is no YAML: ",
                "qualify: *nowhere | rules.yaml:1:10: is no YAML: ",
                "'a: 1\n---\nb: 2' | rules.yaml:2:1: is no YAML: ",
            })
    void whatIsNoYamlIsSaidWithItsPlace(String yaml, String start) {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("rules.yaml", yaml))
                .withMessageStartingWith(start);
    }

    @Test
    void anEmptyFileIsNoRuleBook() {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("rules.yaml", "# nothing\n"))
                .withMessage(
                        "rules.yaml: the file is empty; expected at least one of tags, scores, caps, half-life, extract, qualify, escalate, handoff, calendars");
    }

    @Test
    void deepNestingIsRefused() {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("rules.yaml", "[".repeat(100_000)))
                .withMessage("rules.yaml:1:21: is nested too deeply; expected at most 20 levels");
    }

    @Test
    void manyAliasesAreRefused() {
        String yaml = "tags: [&a [x]" + ", *a".repeat(100) + "]";

        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("rules.yaml", yaml))
                .withMessageContaining("is no YAML")
                .withMessageContaining("aliases");
    }

    @Test
    void anAliasToItselfIsRefused() {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("rules.yaml", "tags: &a [*a]"))
                .withMessage(
                        "rules.yaml:1:7: tags[0] is a list; expected keys: id, any, near, regex, typos, when, labels, examples");
    }

    @Test
    void filesAreReadAsTheyAre(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("r.yaml"), "\uFEFFqualify: {at: 5}\n");

        assertThat(RuleBook.load(file).qualify().orElseThrow().at()).isEqualTo(5);
    }

    @Test
    void aMissingFileIsNamedWithItsSetting(@TempDir Path folder) {
        Path file = folder.resolve("none.yaml");

        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.load(file))
                .withMessage(
                        file + ": there is no such file; expected the rule file that rules.file (RULES_FILE) names");
    }

    @Test
    void aFolderIsNoFile(@TempDir Path folder) {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.load(folder))
                .withMessageStartingWith(folder + ": cannot be read (");
    }

    @Test
    void aFileThatIsNotUtf8IsRefused(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("r.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE9});

        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.load(file))
                .withMessage(file + ": is not UTF-8 text; expected a rule file saved as UTF-8");
    }

    @Test
    void aFileOverOneMebibyteIsRefused(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("r.yaml"), "#".repeat((1 << 20) + 1));

        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.load(file))
                .withMessage(file + ": is larger than 1 MiB; expected a rule file of at most 1048576 bytes");
    }
}
