package io.leadroutes.event;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;

/**
 * Reads a text once: what is no secret becomes a tree, and the text is left as it is but for the values of secret keys. To
 * write the tree again would cost as much as to read it, and change numbers and spaces.
 */
final class RedactingReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonNode REDACTED = TextNode.valueOf(Secrets.REDACTED);

    private final JsonParser parser;
    private final String text;
    private final boolean mayHaveHalves;
    private final StringBuilder redacted = new StringBuilder();
    private int copied;

    /** @param parser of the text, at its begin; keeps the limits of {@link StrictJson} */
    RedactingReader(JsonParser parser, String text) {
        this.parser = parser;
        this.text = text;
        // In text that was UTF-8 only an escape can make them.
        this.mayHaveHalves = text.contains("\\ud") || text.contains("\\uD");
    }

    /**
     * Reads all of it; may be called once.
     *
     * @return missing if there is nothing
     * @throws JsonParseException if it is not one JSON value and nothing else
     */
    JsonNode read() throws IOException {
        JsonToken first = parser.nextToken();
        JsonNode json = first == null ? NODES.missingNode() : value(first);
        if (parser.nextToken() != null) {
            throw new JsonParseException(parser, "more than one value");
        }
        return json;
    }

    /** What was read; without a secret it is the text itself. */
    String redactedText() {
        return copied == 0 ? text : redacted.append(text, copied, text.length()).toString();
    }

    private JsonNode value(JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> NODES.textNode(whole(parser.getText()));
            case VALUE_NUMBER_INT -> integer();
            // Not by the factory, which may drop zeroes at the end.
            case VALUE_NUMBER_FLOAT -> DecimalNode.valueOf(parser.getDecimalValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new JsonParseException(parser, "no value");
        };
    }

    private ObjectNode object() throws IOException {
        ObjectNode object = NODES.objectNode();
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            boolean isSecret = Secrets.isSecret(whole(key)) && token != JsonToken.VALUE_NULL;
            object.set(key, isSecret ? redact() : value(token));
        }
        return object;
    }

    private ArrayNode array() throws IOException {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            array.add(value(token));
        }
        return array;
    }

    private JsonNode integer() throws IOException {
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(parser.getBigIntegerValue());
        };
    }

    private JsonNode redact() throws IOException {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.finishToken();
        redacted.append(text, copied, start)
                .append('"')
                .append(Secrets.REDACTED)
                .append('"');
        copied = (int) parser.currentLocation().getCharOffset();
        return REDACTED;
    }

    private String whole(String read) {
        if (mayHaveHalves) {
            refuseHalves(read);
        }
        return read;
    }

    /** @throws BadEventException for half of a surrogate pair: PostgreSQL refuses it, and all stored beside it */
    static void refuseHalves(String text) {
        if (!isUnicode(text)) {
            throw new BadEventException("half a character; expected text that can be written in UTF-8");
        }
    }

    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean isPair = Character.isHighSurrogate(text.charAt(i))
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!isPair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
