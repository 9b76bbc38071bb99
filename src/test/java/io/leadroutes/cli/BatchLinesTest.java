package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is told before anything is sent. */
class BatchLinesTest {
    private static final String FIELDS =
            "conversation_id, add_labels, remove_labels, labels, custom_attributes, priority, status";

    @TempDir
    private Path folder;

    private static void assertWrong(String text, String... messages) {
        assertThatThrownBy(() -> BatchInput.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(BatchInput.WrongLinesException.class)
                .hasMessage(String.join("\n", messages));
    }

    @Test
    void eachWrongLineIsNamedWithFieldValueAndExpectation() {
        assertWrong(
                """
                {"conversation_id":1,"priority":"hig"}
                {"conversation_id":2,"priority":"high"}

                {"conversation_id":"x3","status":"closed"}
                {"conversation_id":5,"add_labels":["a b"],"custom_attributes":{"n":10000000000,"a b":1,"z":null}}
                {"conversation_id":6,"priorty":"high"}
                not json
                {"conversation_id":8}
                {"conversation_id":9,"labels":["aa"],"add_labels":["bb"]}
                {"conversation_id":10,"add_labels":["VIP"],"remove_labels":["Vip"]}
                {"conversation_id":2,"priority":"low"}
                {"conversation_id":12,"labels":null}
                {"conversation_id":13,"custom_attributes":"mail","status":"open"}
                {"conversation_id":14,"customAttributes":{"n":1},"custom_attributes":{"n":2}}
                {"conversation_id":15,"status":"open","status":"open"}
                {"priority":"low"}
                """,
                "line 1: priority is \"hig\"; expected none, low, medium, high or urgent",
                "line 4: conversation_id is \"x3\"; expected a whole number from 1 to 9007199254740992",
                "line 4: status is \"closed\"; expected one of open, resolved, pending, snoozed",
                "line 5: add_labels is \"a b\"; expected labels of letters, digits, - and _, at least two characters each",
                "line 5: custom_attributes.n is \"10000000000\"; expected a number, a whole one up to 9999999999",
                "line 5: custom_attributes is \"a b\"; expected a key of letters, digits, _ . and -",
                "line 5: custom_attributes.z is null; expected a text, a number, true, false, a list or an object",
                "line 6: \"priorty\" is no field; expected one of " + FIELDS,
                "line 7: is not JSON; expected one object without duplicate keys",
                "line 8: nothing is to be changed; expected at least one of add_labels, remove_labels, labels,"
                        + " custom_attributes, priority, status",
                "line 9: labels means exactly these; expected no add_labels and no remove_labels beside it",
                "line 10: label \"vip\" is in add_labels and in remove_labels; expected one of them",
                "line 11: conversation_id is \"2\"; expected each conversation once (it is in line 2, too)",
                "line 12: labels is missing; expected labels of letters, digits, - and _, at least two characters each",
                "line 13: custom_attributes is not JSON; expected an object of keys and values",
                "line 14: custom_attributes is there twice; expected one of its names",
                "line 15: is not JSON; expected one object without duplicate keys",
                "line 16: conversation_id is missing; expected a whole number from 1 to 9007199254740992");
    }

    @Test
    void wrongLinesOfCsvAreNamedByWhereTheyBegin() {
        assertWrong(
                "conversation_id,add_labels,attribute.seats,priority\n1,\"a\nb\",5,low\n2,ok,5\n3,;,10000000000,hig\n",
                "line 2: add_labels is \"a b\"; expected labels of letters, digits, - and _, at least two characters each",
                "line 4: has 3 fields; expected 4, as the header has",
                "line 5: add_labels is \";\"; expected labels of letters, digits, - and _, at least two characters each",
                "line 5: attribute.seats is \"10000000000\"; expected a number, a whole one up to 9999999999",
                "line 5: priority is \"hig\"; expected none, low, medium, high or urgent");
    }

    @Test
    void aWrongHeaderIsToldOnce() {
        assertWrong(
                "id,labels,labels\n1,aa,bb\n",
                "line 1: \"id\" is no field; expected one of " + FIELDS.replace("custom_attributes", "attribute.KEY"),
                "line 1: column labels is there twice; expected once");
        assertWrong("labels\naa\n", "line 1: conversation_id is missing; expected a column of this name");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `conversation_id\n"1`   | line 2: a quote is not closed; expected another "
            `conversation_id\n"1"2` | line 2: text follows a closing quote; expected a comma, and a quote within a field doubled
            `[{"conversation_id":1}]` | line 1: is a JSON array; expected JSON lines, which are one object a line
            ``                      | no conversation is in it; expected JSON lines, or CSV with a header that has conversation_id
            `conversation_id,status` | no conversation is in it; expected JSON lines, or CSV with a header that has conversation_id
            """)
    void whatIsNeitherIsTold(String text, String message) {
        assertWrong(text.replace("\\n", "\n"), message);
    }

    @Test
    void whatIsNotUtf8IsTold() {
        assertThatThrownBy(() -> BatchInput.read(new byte[] {'{', (byte) 0xE4, '}'}))
                .hasMessage("the file is not UTF-8; expected JSON lines or CSV in UTF-8");
    }

    @Test
    void nothingIsSentAndNoResultsAreWritten() {
        try (BatchBench bench = new BatchBench(SandboxChatwoot.builder(), folder).conversations(1)) {
            SetupBench.Run run = bench.batch(
                    "{\"conversation_id\":1,\"priority\":\"low\"}", "{\"conversation_id\":2,\"priority\":\"hig\"}");

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err())
                    .isEqualToNormalizingNewlines("line 2: priority is \"hig\"; expected none, low, medium, high or"
                            + " urgent\nNothing was sent.\n");
            assertThat(bench.calls()).isEmpty();
            assertThat(Files.exists(bench.results())).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            batch | which conversations? expected FILE, or --labels or --status to select them
            batch --add-labels vip | which conversations? expected FILE, or --labels or --status to select them
            batch f --add-labels vip | FILE says which conversations and what becomes of them; expected no --labels, --status, --add-labels
            batch absent.jsonl | absent.jsonl: there is no such file; expected JSON lines or CSV, or - for standard input
            batch --status open | nothing is to be changed; expected at least one of --add-labels, --remove-labels, --set, --priority, --set-status
            batch --status closed --priority low | --status is "closed"; expected one of open, resolved, pending, snoozed, all
            batch --labels , --priority low | --labels is empty; expected labels of 1 to 255 characters without commas
            batch --status open --priority hig | --priority is "hig"; expected none, low, medium, high or urgent
            batch --status open --set-status closed | --set-status is "closed"; expected one of open, resolved, pending, snoozed
            batch --status open --set seats | --set is "seats"; expected KEY=VALUE, such as campaign_source=email
            batch --status open --set n=10000000000 | --set.n is "10000000000"; expected a number, a whole one up to 9999999999
            batch --status open --add-lables vip | Possible solutions: --add-labels
            """)
    void wrongUseIsToldAndExitsWithTwo(String line, String message) {
        try (BatchBench bench = new BatchBench(SandboxChatwoot.builder(), folder)) {
            SetupBench.Run run = bench.run(line.split(" "));

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains(message);
            assertThat(bench.calls()).isEmpty();
        }
    }

    @Test
    void helpShowsTheFileExamplesEnvironmentAndExitCodes() {
        try (BatchBench bench = new BatchBench(SandboxChatwoot.builder(), folder)) {
            SetupBench.Run run = bench.run("batch", "--help");

            assertThat(run.exitCode()).isZero();
            assertThat(run.out())
                    .contains("attribute.KEY", "Examples:", "CHATWOOT_RATE_LIMIT", "Exit codes:", "--set=KEY=VALUE")
                    .contains("2     wrong use, wrong lines or wrong settings; nothing was sent");
            assertThat(run.out().lines())
                    .as("as written, not wrapped")
                    .contains("  leadroutes batch --status open --add-labels q4 --set source=email");
        }
    }

    @Test
    void completionForTheShellNamesTheCommandsAndTheirOptions() {
        try (BatchBench bench = new BatchBench(SandboxChatwoot.builder(), folder)) {
            SetupBench.Run run = bench.run("generate-completion");

            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).contains("complete -F _complete_leadroutes", "--add-labels", "setup");
        }
    }
}
