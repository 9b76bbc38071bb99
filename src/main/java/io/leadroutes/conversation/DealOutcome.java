package io.leadroutes.conversation;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * How the deal of a lead ended.
 *
 * @param outcome won or lost
 * @param label that shows it
 * @param otherLabel that of the other outcome, which is not to be there
 * @param value what the deal is worth; absent if that is not told
 */
public record DealOutcome(String outcome, String label, String otherLabel, Optional<BigDecimal> value) {}
