package io.leadroutes.conversation;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Equality of custom attribute values as Chatwoot keeps them: 1, 1.0 and 1.00 are one number whatever Java type holds it,
 * and null is as good as absent. Without it a number that went through Chatwoot would look changed (invariant 5).
 */
public final class Values {
    private Values() {}

    /** True if both mean the same value; lists and maps are compared by their elements. */
    public static boolean same(Object one, Object other) {
        if (one instanceof Number a && other instanceof Number b) {
            return a.equals(b) || isFinite(a) && isFinite(b) && decimal(a).compareTo(decimal(b)) == 0;
        }
        if (one instanceof List<?> a && other instanceof List<?> b) {
            return a.size() == b.size() && sameElements(a.iterator(), b.iterator());
        }
        if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
            return hasAll(a, b) && hasAll(b, a);
        }
        return Objects.equals(one, other);
    }

    /** True if {@code map} has all the values of {@code part}. */
    public static boolean hasAll(Map<?, ?> map, Map<?, ?> part) {
        return part.entrySet().stream().allMatch(entry -> same(map.get(entry.getKey()), entry.getValue()));
    }

    private static boolean sameElements(Iterator<?> a, Iterator<?> b) {
        while (a.hasNext()) {
            if (!same(a.next(), b.next())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFinite(Number number) {
        return Double.isFinite(number.doubleValue()) || number instanceof BigDecimal;
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
    }
}
