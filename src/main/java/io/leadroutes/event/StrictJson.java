package io.leadroutes.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON from strangers: one object in well-formed UTF-8 without byte order mark, no duplicate keys, nothing after it, no
 * half characters, at most 1 MiB, 32 levels, 200,000 characters a text, 256 a key, 64 a number, 100,000 tokens.
 */
public final class StrictJson {
    static final int MAX_BYTES = 1_048_576;

    static final String OUT_OF_RANGE = "a number is out of range; expected one that fits a double";

    /** What a decoder that does not refuse them makes of malformed bytes; seldom somebody writes it himself. */
    private static final char MALFORMED = '\uFFFD';

    private static final JsonFactory FACTORY = JsonFactory.builder()
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
            .build();

    private static final ObjectReader PLAIN = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .reader();

    private static final ObjectWriter SORTED = new JsonMapper().writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private StrictJson() {}

    /** An object, and the text that it was read from; in both, secrets are redacted. */
    record Redacted(ObjectNode json, String text) {}

    static Redacted parse(byte[] body) {
        if (body.length > MAX_BYTES) {
            throw new BadEventException("JSON is too large; expected at most " + MAX_BYTES + " bytes");
        }
        // Decoded first: Jackson itself would take UTF-16 and UTF-32 too, and is lax about overlong sequences.
        String text = new String(body, StandardCharsets.UTF_8);
        return parse(text.indexOf(MALFORMED) < 0 ? text : strictly(body));
    }

    private static String strictly(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw notJson();
        }
    }

    static Redacted parse(String text) {
        return read(text, parser -> {
            RedactingReader reader = new RedactingReader(parser, text);
            return reader.read() instanceof ObjectNode object ? new Redacted(object, reader.redactedText()) : null;
        });
    }

    /**
     * Reads what is no webhook: nothing in it is redacted.
     *
     * @throws BadEventException saying what is wrong, without text of it
     */
    public static ObjectNode unredacted(String text) {
        ObjectNode json = read(text, parser -> PLAIN.readTree(parser) instanceof ObjectNode object ? object : null);
        RedactingReader.refuseHalves(json.toString());
        return json;
    }

    private interface Reading<T> {
        /** Null for what is no object. */
        T of(JsonParser parser) throws IOException;
    }

    private static <T> T read(String text, Reading<T> reading) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            T object = reading.of(parser);
            if (object != null) {
                return object;
            }
        } catch (StreamConstraintsException tooMuch) {
            throw new BadEventException("JSON is too large; expected fewer levels, keys or characters");
        } catch (JsonProcessingException e) {
            throw notJson();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NumberFormatException exponent) {
            // Jackson lets through what BigDecimal says of an exponent of more than ten digits.
            throw new BadEventException(OUT_OF_RANGE);
        }
        throw new BadEventException("not a JSON object");
    }

    private static BadEventException notJson() {
        return new BadEventException("not JSON; expected one object in UTF-8 without duplicate keys");
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
