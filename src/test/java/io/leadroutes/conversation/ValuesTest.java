package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValuesTest {
    @Test
    void aNumberIsTheSameWhateverItsType() {
        assertThat(Values.same(5, 5L)).isTrue();
        assertThat(Values.same(5, new BigDecimal("5.00"))).isTrue();
        assertThat(Values.same(new BigDecimal("5E+4"), 50_000.0)).isTrue();
        assertThat(Values.same(new BigInteger("9999999999"), 9_999_999_999L)).isTrue();
        assertThat(Values.same(5, 6)).isFalse();
        assertThat(Values.same(Double.NaN, Double.NaN)).isTrue();
        assertThat(Values.same(Double.NaN, 1)).isFalse();
    }

    @Test
    void aNumberIsNoText() {
        assertThat(Values.same(5, "5")).isFalse();
        assertThat(Values.same(true, "true")).isFalse();
    }

    @Test
    void listsAndMapsAreComparedByTheirElements() {
        assertThat(Values.same(List.of(1, 2), List.of(1L, 2.0))).isTrue();
        assertThat(Values.same(List.of(1, 2), List.of(2, 1))).isFalse();
        assertThat(Values.same(List.of(1), List.of(1, 2))).isFalse();
        assertThat(Values.same(Map.of("a", 1), Map.of("a", 1L))).isTrue();
        assertThat(Values.same(Map.of("a", 1), Map.of("a", 1, "b", 2))).isFalse();
        assertThat(Values.same(Arrays.asList(1, null), Arrays.asList(1, null))).isTrue();
    }

    @Test
    void nullIsAsGoodAsAbsent() {
        Map<String, Object> withNull = new HashMap<>();
        withNull.put("k", null);

        assertThat(Values.hasAll(Map.of(), withNull)).isTrue();
        assertThat(Values.hasAll(Map.of("k", 1), withNull)).isFalse();
    }
}
