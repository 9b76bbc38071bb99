package io.leadroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads what {@code batch} is to do from JSON lines or CSV, and finds every wrong line before anything is sent. */
final class BatchInput {
    private static final String ATTRIBUTE_COLUMN = "attribute.";

    private final List<BatchItem> items = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Map<Long, Integer> lines = new HashMap<>();

    private BatchInput() {}

    /**
     * @param content UTF-8; JSON lines if the first character is a brace, else CSV with a header
     * @throws WrongLinesException naming each wrong line, its field, value and what was expected
     */
    static List<BatchItem> read(byte[] content) {
        BatchInput input = new BatchInput();
        input.parse(text(content));
        if (!input.problems.isEmpty()) {
            throw new WrongLinesException(input.problems);
        }
        return List.copyOf(input.items);
    }

    private static String text(byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new WrongLinesException(List.of("the file is not UTF-8; expected JSON lines or CSV in UTF-8"));
        }
    }

    private void parse(String text) {
        String start = text.stripLeading();
        if (start.startsWith("{")) {
            parseJsonLines(text);
        } else if (start.startsWith("[")) {
            problems.add("line 1: is a JSON array; expected JSON lines, which are one object a line");
        } else {
            parseCsv(text);
        }
        if (items.isEmpty() && problems.isEmpty()) {
            problems.add(
                    "no conversation is in it; expected JSON lines, or CSV with a header that has conversation_id");
        }
    }

    private void parseJsonLines(String text) {
        int line = 0;
        for (String json : text.split("\n", -1)) {
            line++;
            if (!json.isBlank()) {
                parseJson(line, json);
            }
        }
    }

    private void parseJson(int line, String json) {
        Map<String, Object> given;
        try {
            given = BatchFields.object(json);
        } catch (JsonProcessingException e) {
            // Not the parser's message: it quotes the line, which may hold a customer's words (invariant 12).
            problems.add("line " + line + ": is not JSON; expected one object without duplicate keys");
            return;
        }
        if (given == null) {
            problems.add("line " + line + ": is null; expected one object");
            return;
        }
        List<String> wrong = new ArrayList<>();
        Map<String, Object> fields = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            Optional<String> field = BatchFields.field(name);
            if (field.isEmpty()) {
                wrong.add(unknown(name, String.join(", ", BatchFields.ALL)));
            } else if (fields.containsKey(field.get())) {
                wrong.add(field.get() + " is there twice; expected one of its names");
            }
            field.ifPresent(known -> fields.put(known, value));
        });
        add(line, fields, UnaryOperator.identity(), wrong);
    }

    private static String unknown(String name, String expected) {
        return "\"" + Lines.plain(name) + "\" is no field; expected one of " + expected;
    }

    private void parseCsv(String text) {
        List<Csv.Row> rows;
        try {
            rows = Csv.rows(text);
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return;
        }
        if (rows.isEmpty()) {
            return;
        }
        Csv.Row header = rows.get(0);
        List<String> columns = columns(header);
        if (!problems.isEmpty()) {
            return;
        }
        for (Csv.Row row : rows.subList(1, rows.size())) {
            if (row.cells().size() == columns.size()) {
                add(row.line(), fields(columns, row.cells()), BatchInput::columnName, List.of());
            } else {
                problems.add("line %d: has %d fields; expected %d, as the header has"
                        .formatted(row.line(), row.cells().size(), columns.size()));
            }
        }
    }

    private static String columnName(String field) {
        return field.equals(BatchFields.ATTRIBUTES) ? "attribute" : field;
    }

    private List<String> columns(Csv.Row header) {
        List<String> columns = new ArrayList<>();
        for (String cell : header.cells()) {
            String name = cell.strip();
            boolean isAttribute = name.startsWith(ATTRIBUTE_COLUMN) && name.length() > ATTRIBUTE_COLUMN.length();
            Optional<String> column = isAttribute
                    ? Optional.of(name)
                    : BatchFields.field(name).filter(field -> !field.equals(BatchFields.ATTRIBUTES));
            if (column.isEmpty()) {
                problems.add("line " + header.line() + ": "
                        + unknown(
                                name,
                                String.join(", ", BatchFields.ALL).replace("custom_attributes", "attribute.KEY")));
            } else if (columns.contains(column.get())) {
                problems.add("line " + header.line() + ": column " + column.get() + " is there twice; expected once");
            }
            columns.add(column.orElse(name));
        }
        if (problems.isEmpty() && !columns.contains(BatchFields.ID)) {
            problems.add("line " + header.line() + ": conversation_id is missing; expected a column of this name");
        }
        return columns;
    }

    /** An empty cell says nothing about its field. */
    private static Map<String, Object> fields(List<String> columns, List<String> cells) {
        Map<String, Object> fields = new LinkedHashMap<>();
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            String column = columns.get(i);
            String cell = cells.get(i).strip();
            if (cell.isEmpty()) {
                continue;
            }
            if (column.startsWith(ATTRIBUTE_COLUMN)) {
                attributes.put(column.substring(ATTRIBUTE_COLUMN.length()), BatchFields.value(cell));
            } else {
                fields.put(column, column.endsWith(BatchFields.LABELS) ? labels(cell) : cell);
            }
        }
        if (!attributes.isEmpty()) {
            fields.put(BatchFields.ATTRIBUTES, attributes);
        }
        return fields;
    }

    /** A lone semicolon stays a text, which is refused: an empty list would take all labels away. */
    private static Object labels(String cell) {
        List<String> labels = Arrays.stream(cell.split(";"))
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .toList();
        return labels.isEmpty() ? cell : labels;
    }

    private void add(int line, Map<String, Object> given, UnaryOperator<String> naming, List<String> wrong) {
        BatchFields fields = new BatchFields(given, naming);
        wrong.forEach(fields::problem);
        BatchItem item = new BatchItem(fields.conversation(), fields.change());
        Integer other = item.conversation() == 0 ? null : lines.putIfAbsent(item.conversation(), line);
        if (other != null) {
            fields.problem("conversation_id is \"%d\"; expected each conversation once (it is in line %d, too)"
                    .formatted(item.conversation(), other));
        }
        fields.problems().forEach(problem -> problems.add("line " + line + ": " + problem));
        items.add(item);
    }

    /** Lines are wrong; the message has one for each thing that is wrong. */
    static final class WrongLinesException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongLinesException(List<String> problems) {
            super(String.join("\n", problems));
        }
    }
}
