package io.leadroutes.cli;

import java.util.ArrayList;
import java.util.List;

/** Reads comma-separated values (RFC 4180), with line breaks of any kind. Pure. */
final class Csv {
    /**
     * @param line where it begins, from 1
     * @param cells without quotes
     */
    record Row(int line, List<String> cells) {}

    private final String text;
    private final List<Row> rows = new ArrayList<>();
    private List<String> cells = new ArrayList<>();
    private int at;
    private int line = 1;
    private int rowLine = 1;

    private Csv(String text) {
        this.text = text;
    }

    /**
     * All rows but blank ones.
     *
     * @throws IllegalArgumentException naming the line of a quote that is out of place
     */
    static List<Row> rows(String text) {
        return new Csv(text).read();
    }

    private List<Row> read() {
        while (at < text.length()) {
            cells.add(text.charAt(at) == '"' ? quoted() : plain());
            if (at < text.length() && text.charAt(at) == ',') {
                at++;
                if (at == text.length()) {
                    cells.add("");
                }
            } else {
                endOfRow();
            }
        }
        if (!cells.isEmpty()) {
            endOfRow();
        }
        return rows;
    }

    private String plain() {
        int start = at;
        while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    private String quoted() {
        int start = line;
        StringBuilder cell = new StringBuilder();
        at++;
        while (at < text.length()) {
            char next = text.charAt(at++);
            if (next != '"') {
                line += next == '\n' ? 1 : 0;
                cell.append(next);
            } else if (at < text.length() && text.charAt(at) == '"') {
                cell.append('"');
                at++;
            } else {
                if (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
                    throw new IllegalArgumentException("line " + line
                            + ": text follows a closing quote; expected a comma, and a quote within a field doubled");
                }
                return cell.toString();
            }
        }
        throw new IllegalArgumentException("line " + start + ": a quote is not closed; expected another \"");
    }

    private void endOfRow() {
        boolean isBlank = cells.size() == 1 && cells.get(0).isBlank();
        if (!isBlank) {
            rows.add(new Row(rowLine, List.copyOf(cells)));
        }
        cells = new ArrayList<>();
        if (at < text.length() && text.charAt(at) == '\r') {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '\n') {
            at++;
        }
        line++;
        rowLine = line;
    }
}
