package io.leadroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.leadroutes.chatwoot.Inputs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Checks the fields of one line, or the options that stand for one, and collects all that is wrong with them. */
final class BatchFields {
    static final String ID = "conversation_id";
    static final String ADD_LABELS = "add_labels";
    static final String REMOVE_LABELS = "remove_labels";
    static final String LABELS = "labels";
    static final String ATTRIBUTES = "custom_attributes";
    static final String PRIORITY = "priority";
    static final String STATUS = "status";

    static final List<String> ALL = List.of(ID, ADD_LABELS, REMOVE_LABELS, LABELS, ATTRIBUTES, PRIORITY, STATUS);

    /** As the original reference writes them. */
    private static final Map<String, String> CAMEL_CASE = Map.of(
            "conversationId", ID,
            "customAttributes", ATTRIBUTES,
            "addLabels", ADD_LABELS,
            "removeLabels", REMOVE_LABELS);

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final Map<String, Object> fields;
    private final UnaryOperator<String> naming;
    private final List<String> problems = new ArrayList<>();

    /**
     * @param fields by the names of {@link #ALL}
     * @param naming how messages name a field
     */
    BatchFields(Map<String, Object> fields, UnaryOperator<String> naming) {
        this.fields = fields;
        this.naming = naming;
    }

    /** The field that a file means by this name. */
    static Optional<String> field(String name) {
        String field = CAMEL_CASE.getOrDefault(name.strip(), name.strip());
        return ALL.contains(field) ? Optional.of(field) : Optional.empty();
    }

    /** @throws JsonProcessingException if it is not one object without duplicate keys */
    static Map<String, Object> object(String json) throws JsonProcessingException {
        return JSON.readValue(json, OBJECT);
    }

    /** A number or a boolean where the text is one in JSON, also a text in JSON's quotes; else the text as it stands. */
    static Object value(String text) {
        try {
            Object value = JSON.readValue(text, Object.class);
            return value instanceof List || value instanceof Map ? text : value;
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    /** What is wrong, in the order of the fields; complete after {@link #conversation} and {@link #change}. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    void problem(String text) {
        problems.add(text);
    }

    /** 0 if it is wrong. */
    long conversation() {
        try {
            return Inputs.id(naming.apply(ID), fields.get(ID));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return 0;
        }
    }

    BatchChange change() {
        BatchChange change = new BatchChange(
                checked(ADD_LABELS, Inputs::labels).orElse(List.of()),
                checked(REMOVE_LABELS, Inputs::storedLabels).orElse(List.of()),
                checked(LABELS, Inputs::anyLabels),
                attributes(),
                checked(PRIORITY, Inputs::priority),
                checked(STATUS, Inputs::status));
        if (problems.isEmpty()) {
            checkSense(change);
        }
        return change;
    }

    private void checkSense(BatchChange change) {
        if (change.isEmpty()) {
            problems.add("nothing is to be changed; expected at least one of "
                    + String.join(
                            ", ",
                            ALL.stream()
                                    .filter(field -> !field.equals(ID))
                                    .map(naming)
                                    .distinct()
                                    .toList()));
        }
        if (change.labels().isPresent()
                && !(change.addLabels().isEmpty() && change.removeLabels().isEmpty())) {
            problems.add("%s means exactly these; expected no %s and no %s beside it"
                    .formatted(naming.apply(LABELS), naming.apply(ADD_LABELS), naming.apply(REMOVE_LABELS)));
        }
        for (String label : change.addLabels()) {
            if (change.removeLabels().stream().anyMatch(label::equalsIgnoreCase)) {
                problems.add("label \"%s\" is in %s and in %s; expected one of them"
                        .formatted(label, naming.apply(ADD_LABELS), naming.apply(REMOVE_LABELS)));
            }
        }
    }

    private <T> Optional<T> checked(String field, BiFunction<String, Object, T> check) {
        if (!fields.containsKey(field)) {
            return Optional.empty();
        }
        try {
            return Optional.of(check.apply(naming.apply(field), fields.get(field)));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return Optional.empty();
        }
    }

    /** Key by key, so that each wrong one is told. */
    private Map<String, Object> attributes() {
        String name = naming.apply(ATTRIBUTES);
        if (!(fields.get(ATTRIBUTES) instanceof Map<?, ?> given) || given.isEmpty()) {
            return checked(ATTRIBUTES, Inputs::attributes).orElse(Map.of());
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        given.forEach((key, value) -> {
            try {
                attributes.putAll(Inputs.attributes(name, Collections.singletonMap(key, value)));
            } catch (IllegalArgumentException e) {
                problems.add(e.getMessage());
            }
        });
        return attributes;
    }
}
