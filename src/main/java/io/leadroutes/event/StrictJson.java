package io.leadroutes.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * JSON from strangers: one object in well-formed UTF-8 without byte order mark, no duplicate keys, nothing after it, at
 * most 1 MiB, 32 levels, 200,000 characters a text, 256 a key, 64 a number, 100,000 tokens.
 */
final class StrictJson {
    static final int MAX_BYTES = 1_048_576;

    static final String OUT_OF_RANGE = "a number is out of range; expected one that fits a double";

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxDocumentLength(MAX_BYTES)
                            .maxNestingDepth(32)
                            .maxStringLength(200_000)
                            .maxNameLength(256)
                            .maxNumberLength(64)
                            .maxTokenCount(100_000)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // Keys are the sender's choice; interned ones would stay in the process for good.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final ObjectWriter SORTED = MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private StrictJson() {}

    static ObjectNode parse(byte[] body) {
        if (body.length > MAX_BYTES) {
            throw new BadEventException("JSON is too large; expected at most " + MAX_BYTES + " bytes");
        }
        try {
            // Decoded first: Jackson itself would take UTF-16 and UTF-32 too, and is lax about overlong sequences.
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException notText) {
            throw notJson();
        }
    }

    static ObjectNode parse(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (StreamConstraintsException tooMuch) {
            throw new BadEventException("JSON is too large; expected fewer levels, keys or characters");
        } catch (JsonProcessingException e) {
            throw notJson();
        } catch (NumberFormatException exponent) {
            // Jackson lets through what BigDecimal says of an exponent of more than ten digits.
            throw new BadEventException(OUT_OF_RANGE);
        }
        throw new BadEventException("not a JSON object");
    }

    private static BadEventException notJson() {
        return new BadEventException("not JSON; expected one object in UTF-8 without duplicate keys");
    }

    static String write(JsonNode json) {
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False if it has half of a surrogate pair, which an escape can make: PostgreSQL refuses it, and all stored beside it. */
    static boolean isUnicode(String text) {
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

    /** The same bytes for the same content, whatever the order of keys. */
    static byte[] canonical(JsonNode json) {
        try {
            return SORTED.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
