package io.leadroutes.sandbox;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON the way Rails does: escapes for HTML, compact, ISO times with milliseconds. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
            .build();

    private static final DateTimeFormatter ISO_MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    static {
        MAPPER.getFactory().setCharacterEscapes(new RailsEscapes());
    }

    private Json() {}

    /** An object in the given order; values may be null. */
    static Map<String, Object> object(Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return object;
    }

    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text as maps, lists, text, numbers, booleans and nulls. */
    static Object parse(String text) throws JsonProcessingException {
        return MAPPER.readValue(text, Object.class);
    }

    /** The object as it would come in over HTTP: numbers of the types that parsing gives, so that values compare. */
    static Map<String, Object> asReceived(Map<String, Object> object) {
        try {
            return asObject(parse(text(object)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String iso(Instant at) {
        return at == null ? null : ISO_MILLIS.format(at);
    }

    /** Whole epoch seconds; 0 means never (CONTRACT section 2.1). */
    static long seconds(Instant at) {
        return at == null ? 0 : at.getEpochSecond();
    }

    /** Epoch seconds with up to six decimals, at least one, as Ruby prints a float. */
    static BigDecimal fractionalSeconds(Instant at) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, at);
        BigDecimal exact = BigDecimal.valueOf(micros, 6).stripTrailingZeros();
        return exact.scale() < 1 ? exact.setScale(1) : exact;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> asObject(Object value) {
        return (Map<String, Object>) value;
    }

    /** A deep copy that cannot be changed; nulls stay. */
    static Map<String, Object> frozen(Map<String, Object> object) {
        Map<String, Object> copy = new LinkedHashMap<>();
        object.forEach((key, value) -> copy.put(key, frozenValue(value)));
        return Collections.unmodifiableMap(copy);
    }

    private static Object frozenValue(Object value) {
        if (value instanceof Map<?, ?>) {
            return frozen(asObject(value));
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(frozenValue(element)));
            return Collections.unmodifiableList(copy);
        }
        return value;
    }

    /** {@code < > &} and the two Unicode line separators leave as escapes, in lower-case hex (CONTRACT section 1). */
    private static final class RailsEscapes extends CharacterEscapes {
        private static final long serialVersionUID = 1L;
        private static final String ESCAPED = "<>&\u2028\u2029";

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] escapes = standardAsciiEscapesForJSON();
            for (char c : new char[] {'<', '>', '&'}) {
                escapes[c] = ESCAPE_CUSTOM;
            }
            return escapes;
        }

        @Override
        public SerializableString getEscapeSequence(int character) {
            return ESCAPED.indexOf(character) < 0 ? null : new SerializedString(String.format("\\u%04x", character));
        }
    }
}
