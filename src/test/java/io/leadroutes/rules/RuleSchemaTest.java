package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Editors, by the schema, and the loader agree on what a rule file may look like. */
class RuleSchemaTest {

    private final JsonSchema schema = schema();

    @Test
    void theShippedRulesFitTheSchema() throws IOException {
        assertThat(problems(Files.readString(Path.of("rules.yaml")))).isEmpty();
    }

    @Test
    void theSchemaItselfIsSound() throws IOException {
        JsonSchema meta = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        assertThat(meta.validate(schema.getSchemaNode())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qualify: {at: 50}",
                "qualify: {at: 50, team: 5, priority: none, note: 'Hi {name}'}",
                "qualify: {at: 50, priority: low, lower: true}",
                "escalate: [{id: a, when: {status: open}, priority: none, lower: true}]",
                "escalate: [{id: a, steps: [{after: 1m, priority: low, lower: true}]}]",
                "extract: [{id: a, attribute: x, type: number, regex: ['(?P<v>\\S+) people'], examples: {match: [5 people],"
                        + " no_match: [5-7 people]}}]",
                "tags: [{id: a, any: ['404', 价格], labels: [价格, 2nd-try]}]",
                "scores: [{id: a, any: [demo], points: -5, repeat: once}]",
                "scores: [{id: a, any: [demo], typos: true, points: 5}]",
                "tags: [{id: a, near: {words: [how much, seat], within: 8}, labels: [ab]}]",
                "tags: [{id: a, regex: ['\\bA-\\d+'], labels: [ab]}]",
                "escalate: [{id: a, when: {labels: {any: [ab], none: [cd]}}}]",
                "scores: [{id: a, any: [demo], points: 5, repeat: each}]",
                "scores: [{id: a, any: [demo], points: 5, repeat: {every: 7d, at_most: 3}, group: g}]\ncaps: {g: 40}",
                "scores: [{id: a, any: [demo], points: 5, repeat: {at_most: 3}}]",
                "extract: [{id: a, attribute: x, regex: ['(?P<v>\\d+) people']}]",
                "extract: [{id: a, attribute: x, type: list, values: {A: [b]}, replace: true, when: {status: open}}]",
                "extract: [{id: a, attribute: x, type: text, regex: ['(?P<v>\\S+)'], pattern: '[a-z]+'}]",
                "half-life: 30d\nscores: [{id: a, any: [demo], points: 5, half-life: never}]",
                "scores: [{id: a, any: [demo], points: 5, half-life: 12h}]",
                "qualify: {at: 50, reset-below: 50, cool-down: 7d}",
                "escalate: [{id: a, when: {score: {at_least: 80}}, reset-below: 40, cool-down: 30m}]",
                "tags: [{id: a, when: {event: [conversation_created, conversation_updated]}, labels: [ab]}]",
                "{calendars: {office: {time-zone: UTC, hours: {mon: '09:00-17:00'}}}, tags: [{id: a, when: {open: office,"
                        + " closed: {in: [office]}}, labels: [ab]}]}",
                "tags: [{id: a, when: {referer: {contains: /pricing}, language: [de, fr]}, labels: [ab]}]",
                "scores: [{id: a, any: [demo], when: {attributes: {seats: {at_least: 50}, plan: [a, 5]}}, points: 5}]",
                "qualify: {at: 50, when: {none: [{labels: {any: [spam]}}]}, team: sales, reassign: true}",
                "escalate: [{id: a, when: {all: [{any: [{status: open}, {priority: {in: [high]}}]}, {none: [{inbox: 3}]}]}}]",
                "escalate: [{id: a, when: {messages_without_answer: {at_least: 3}, attachments: 0}}]",
                "escalate: [{id: a, when: {message: {any: [lawyer], typos: true}, contact: {city: {exists: true}}}}]",
                "escalate: [{id: a, when: {channel: 'Channel::Email'}, team: a, reassign: false}]",
                "escalate: [{id: a, waiting: 30m, labels: [ab]}]",
                "escalate: [{id: a, waiting: 99h, when: {none: [{labels: {any: [ab]}}]}, team: 5, reassign: true, priority: high, note: hi}]",
                "escalate: [{id: a, steps: [{after: 30m, team: a, reassign: true}, {after: 2h, priority: urgent}]}]",
                "escalate: [{id: a, waiting: 1m, when: {priority: high, messages_without_answer: {at_least: 2}}, labels: [ab]}]",
                "{calendars: {office: {time-zone: Europe/Berlin, hours: {mon-fri: '09:00-12:00, 13:00-17:00', sat:"
                        + " '10:00-24:00'}, holidays: [2026-12-25]}}, escalate: [{id: a, waiting: 1m, calendar:"
                        + " office}]}",
                "handoff: {note: '{from}: {mention-team}, {mention-team: Senior Support} {mention-agent: J. Doe-Smith}'}",
                "handoff: {note: '{mention-agent: jane@example.com} {mention-team:5}'}",
            })
    void bothTake(String yaml) throws IOException {
        assertThat(RuleBook.parse("r.yaml", yaml)).isNotNull();
        assertThat(problems(yaml)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tag: []",
                "{}",
                "[]",
                "tags: []",
                "tags: {}",
                "tags: [demo]",
                "tags: [{id: a, labels: [ab]}]",
                "tags: [{id: a, any: [demo]}]",
                "tags: [{id: a, any: [demo], typos: 1, labels: [ab]}]",
                "tags: [{id: a, near: {words: [demo], within: 8}, labels: [ab]}]",
                "tags: [{id: a, near: {words: [a, b, c, d, e, f], within: 8}, labels: [ab]}]",
                "tags: [{id: a, near: {words: [a, b], within: 1}, labels: [ab]}]",
                "tags: [{id: a, near: {words: [a, b]}, labels: [ab]}]",
                "tags: [{id: a, near: {within: 5}, labels: [ab]}]",
                "tags: [{id: a, regex: [], labels: [ab]}]",
                "tags: [{id: a, regex: [' '], labels: [ab]}]",
                "tags: [{any: [demo], labels: [ab]}]",
                "tags: [{id: a, any: [], labels: [ab]}]",
                "tags: [{id: a, any: [404], labels: [ab]}]",
                "tags: [{id: a, any: ['?!'], labels: [ab]}]",
                "tags: [{id: a, any: demo, labels: [ab]}]",
                "tags: [{id: A, any: [demo], labels: [ab]}]",
                "tags: [{id: a, any: [demo, demo], labels: [ab]}]",
                "tags: [{id: a, any: [demo], labels: [Hot]}]",
                "tags: [{id: a, any: [demo], labels: [x]}]",
                "tags: [{id: a, any: [demo], labels: ['a,b']}]",
                "tags: [{id: a, any: [demo], labels: [-ab]}]",
                "tags: [{id: a, any: [demo], labels: [ab], points: 5}]",
                "tags: [{id: a, any: [demo], labels: [ab], examples: [demo]}]",
                "tags: [{id: a, any: [demo], labels: [ab], examples: {matches: [demo]}}]",
                "scores: [{id: a, any: [demo]}]",
                "scores: [{id: a, any: [demo], points: 0}]",
                "scores: [{id: a, any: [demo], points: 101}]",
                "scores: [{id: a, any: [demo], points: 2.5}]",
                "scores: [{id: a, any: [demo], points: 5, repeat: often}]",
                "scores: [{id: a, any: [demo], points: 5, repeat: {}}]",
                "scores: [{id: a, any: [demo], points: 5, repeat: {every: week}}]",
                "scores: [{id: a, any: [demo], points: 5, repeat: {every: 0d}}]",
                "scores: [{id: a, any: [demo], points: 5, repeat: {at_most: 0}}]",
                "extract: []",
                "extract: [{id: a, regex: ['(?P<v>a)']}]",
                "extract: [{id: a, attribute: x}]",
                "extract: [{id: a, attribute: x y, regex: ['(?P<v>a)']}]",
                "extract: [{id: a, attribute: x, regex: [a]}]",
                "extract: [{id: a, attribute: x, type: list, regex: ['(?P<v>a)']}]",
                "extract: [{id: a, attribute: x, type: money, regex: ['(?P<v>a)']}]",
                "extract: [{id: a, attribute: x, type: link, regex: ['(?P<v>a)'], pattern: b}]",
                "extract: [{id: a, attribute: x, values: {}}]",
                "extract: [{id: a, attribute: x, values: {a: b}}]",
                "extract: [{id: a, attribute: x, values: {A: [b]}, examples: [b]}]",
                "half-life: 30",
                "half-life: 0d",
                "half-life: always",
                "scores: [{id: a, any: [demo], points: 5, half-life: 1w}]",
                "tags: [{id: a, any: [demo], labels: [ab], half-life: 1d}]",
                "qualify: {at: 5, reset-below: 0}",
                "qualify: {at: 5, reset-below: 101}",
                "qualify: {at: 5, cool-down: long}",
                "escalate: [{id: a, when: {status: open}, reset-below: low}]",
                "escalate: [{id: a, when: {status: open}, cool-down: never}]",
                "escalate: [{id: a, waiting: 5m, cool-down: 1d}]",
                "escalate: [{id: a, steps: [{after: 5m}], reset-below: 5}]",
                "escalate: [{id: a, when: {event: message_deleted}}]",
                "escalate: [{id: a, when: {open: Office}}]",
                "escalate: [{id: a, when: {score: high}}]",
                "caps: {g: 0}",
                "caps: [g]",
                "caps: {G: 5}",
                "qualify: {}",
                "qualify: 70",
                "qualify: {at: 0}",
                "qualify: {at: '70'}",
                "qualify: {at: 5, priority: High}",
                "qualify: {at: 5, team: [a]}",
                "qualify: {at: 5, note: '{nme}'}",
                "qualify: {at: 5, note: '{name'}",
                "qualify: {at: 5, note: '{mention-agent}'}",
                "qualify: {at: 5, note: '{mention-team: }'}",
                "qualify: {at: 5, note: '{mention-team: {team}}'}",
                "handoff: {}",
                "handoff: 'Hi'",
                "handoff: {note: '{nme}'}",
                "qualify: {at: 5, attributes: [deal value]}",
                "escalate: [{id: a}]",
                "escalate: [{id: a, when: {}}]",
                "escalate: [{id: a, when: {labels: {}}}]",
                "escalate: [{id: a, when: {labels: {none: [ab]}}}]",
                "escalate: [{id: a, when: {labels: [ab]}}]",
                "escalate: [{id: a, when: {none: [{labels: {any: [ab]}}]}}]",
                "escalate: [{id: a, when: {any: []}}]",
                "escalate: [{id: a, when: {any: {status: open}}}]",
                "escalate: [{id: a, when: {status: closed}}]",
                "escalate: [{id: a, when: {status: {contains: open}}}]",
                "escalate: [{id: a, when: {priority: huge}}]",
                "escalate: [{id: a, when: {channel: email}}]",
                "escalate: [{id: a, when: {language: de-AT}}]",
                "escalate: [{id: a, when: {inbox: sales}}]",
                "escalate: [{id: a, when: {attributes: {}}}]",
                "escalate: [{id: a, when: {attributes: {a b: 5}}}]",
                "escalate: [{id: a, when: {attributes: {a: {}}}}]",
                "escalate: [{id: a, when: {attributes: {a: {at_least: many}}}}]",
                "escalate: [{id: a, when: {attributes: {a: {exists: 1}}}}]",
                "escalate: [{id: a, when: {message: {typos: true}}}]",
                "escalate: [{id: a, when: {status: open}, reassign: true}]",
                "tags: [{id: a, when: {}, labels: [ab]}]",
                "tags: [{id: a, when: {status: open}, labels: [ab], examples: {match: [demo]}}]",
                "qualify: {at: 5, lower: true}",
                "qualify: {at: 5, priority: low, lower: always}",
                "escalate: [{id: a, when: {status: open}, lower: true}]",
                "escalate: [{id: a, steps: [{after: 1m, priority: low}], lower: true}]",
                "escalate: [{id: a, waiting: 30}]",
                "escalate: [{id: a, waiting: 0m}]",
                "escalate: [{id: a, waiting: 30s}]",
                "escalate: [{id: a, waiting: 1d}]",
                "escalate: [{id: a, waiting: 30m, when: {}}]",
                "escalate: [{id: a, waiting: 30m, when: {labels: {}}}]",
                "escalate: [{id: a, when: {labels: {any: [ab]}}, calendar: office}]",
                "escalate: [{id: a, calendar: office}]",
                "escalate: [{id: a, steps: []}]",
                "escalate: [{id: a, steps: [{team: b}]}]",
                "escalate: [{id: a, steps: [{after: 1m}], waiting: 1m}]",
                "escalate: [{id: a, steps: [{after: 1m}], team: b}]",
                "escalate: [{id: a, steps: [{after: 1m}], reassign: true}]",
                "escalate: [{id: a, steps: [{after: 1m, reassign: true}]}]",
                "escalate: [{id: a, steps: [{after: 1m, waiting: 2m}]}]",
                "calendars: {}",
                "calendars: {Office: {time-zone: UTC, hours: {mon: '09:00-17:00'}}}",
                "calendars: {office: {hours: {mon: '09:00-17:00'}}}",
                "calendars: {office: {time-zone: UTC}}",
                "calendars: {office: {time-zone: UTC, hours: {}}}",
                "calendars: {office: {time-zone: UTC, hours: {day: '09:00-17:00'}}}",
                "calendars: {office: {time-zone: UTC, hours: {mon-fri-sat: '09:00-17:00'}}}",
                "calendars: {office: {time-zone: UTC, hours: {mon: '9-17'}}}",
                "calendars: {office: {time-zone: UTC, hours: {mon: '09:00-25:00'}}}",
                "calendars: {office: {time-zone: UTC, hours: {mon: 9}}}",
                "calendars: {office: {time-zone: UTC, hours: {mon: '09:00-17:00'}, holidays: [25.12.2026]}}",
                "calendars: {office: {time-zone: UTC, hours: {mon: '09:00-17:00'}, holidays: []}}",
            })
    void bothRefuse(String yaml) throws IOException {
        assertThatExceptionOfType(RuleFileException.class).isThrownBy(() -> RuleBook.parse("r.yaml", yaml));
        assertThat(problems(yaml)).isNotEmpty();
    }

    private Set<ValidationMessage> problems(String yaml) {
        Object tree = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return schema.validate(new ObjectMapper().<JsonNode>valueToTree(tree));
    }

    private static JsonSchema schema() {
        try (InputStream in = RuleBook.class.getResourceAsStream("/schema/rules.schema.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(in);
        } catch (IOException e) {
            throw new IllegalStateException("schema/rules.schema.json cannot be read; expected in the resources", e);
        }
    }
}
