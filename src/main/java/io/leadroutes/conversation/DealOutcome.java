package io.leadroutes.conversation;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the deal of a lead ended.
 *
 * @param outcome won or lost
 * @param label that shows it
 * @param otherLabel that of the other outcome, which is not to be there
 * @param value what the deal is worth; absent if that is not told
 */
public record DealOutcome(String outcome, String label, String otherLabel, Optional<BigDecimal> value) {
    private static final String OUTCOME = "deal_outcome";
    private static final String VALUE = "deal_value";

    /** All that {@link #attributes} may set. */
    public static final List<String> ATTRIBUTES = List.of(OUTCOME, VALUE);

    /** The label that shows it in place of the other. */
    public Wish labels() {
        return new Wish.ChangeLabels(List.of(label), List.of(otherLabel), false);
    }

    /** The attributes {@code deal_outcome} and, if it is known, {@code deal_value}. */
    public Wish attributes() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put(OUTCOME, outcome);
        value.ifPresent(worth -> attributes.put(VALUE, worth));
        return Wish.ChangeAttributes.set(attributes);
    }
}
