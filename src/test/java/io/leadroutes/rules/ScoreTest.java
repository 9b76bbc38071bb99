package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ScoreTest {

    @Test
    void pointsAddUp() {
        assertThat(Score.total(List.of(30, 25, 15))).isEqualTo(70);
        assertThat(Score.total(List.of(30, -10))).isEqualTo(20);
        assertThat(Score.total(List.of())).isZero();
    }

    @Test
    void theSumStaysBetweenZeroAndTheCap() {
        assertThat(Score.total(List.of(80, 30))).isEqualTo(100);
        assertThat(Score.total(List.of(-5))).isZero();
        assertThat(Score.total(List.of(Integer.MAX_VALUE, Integer.MAX_VALUE))).isEqualTo(100);
        assertThat(Score.total(List.of(90, 30, -30)))
                .as("clamped once, at the end")
                .isEqualTo(90);
    }

    @Property
    void theOrderDoesNotMatter(@ForAll List<Integer> points) {
        List<Integer> sorted = points.stream().sorted().toList();

        assertThat(Score.total(points)).isEqualTo(Score.total(sorted)).isBetween(0, 100);
    }
}
