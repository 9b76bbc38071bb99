package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Priority;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FlipFlopTest {
    static List<Wish> values() {
        return List.of(
                Wish.ChangeLabels.add(List.of("vip")),
                Wish.ChangeAttributes.set(Map.of("lead_score", 75)),
                Wish.SetPriority.atLeast(Priority.HIGH),
                new Wish.AssignTeam("sales", false));
    }

    @ParameterizedTest
    @MethodSource("values")
    void theFourthRoundDoesNotBegin(Wish wish) {
        assertThat(FlipFlop.without(wish, Collections.nCopies(2, wish))).contains(wish);
        assertThat(FlipFlop.without(wish, Collections.nCopies(3, wish))).isEmpty();
    }

    @Test
    void whatIsNotFoughtOverStays() {
        List<Wish> granted = Collections.nCopies(3, Wish.ChangeLabels.add(List.of("vip", "other")));

        assertThat(FlipFlop.without(Wish.ChangeLabels.add(List.of("vip", "lead")), granted))
                .contains(Wish.ChangeLabels.add(List.of("lead")));
        assertThat(FlipFlop.without(
                        Wish.ChangeAttributes.set(Map.of("lead_score", 90)),
                        Collections.nCopies(3, Wish.ChangeAttributes.set(Map.of("lead_score", 75)))))
                .as("another value")
                .isPresent();
    }

    @Test
    void aNoteIsNoValue() {
        Wish note = new Wish.Note("qualify", "text");

        assertThat(FlipFlop.without(note, Collections.nCopies(3, note))).contains(note);
    }
}
