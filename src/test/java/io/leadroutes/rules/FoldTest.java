package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FoldTest {

    @Test
    void foldingIsIdempotentForEveryCharacter() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            String once = Fold.fold("x" + Character.toString(codePoint) + "x").text();
            assertThat(Fold.fold(once).text()).as("U+%04X", codePoint).isEqualTo(once);
        }
    }

    @Property
    void foldingIsIdempotent(@ForAll String text) {
        String once = Fold.fold(text).text();

        assertThat(Fold.fold(once).text()).isEqualTo(once);
    }

    @Property
    void offsetsAreInOrderAndInside(@ForAll String text) {
        MappedText folded = Fold.fold(text);

        for (int i = 0; i < folded.text().length(); i++) {
            assertThat(folded.start(i)).isBetween(i == 0 ? 0 : folded.start(i - 1), folded.end(i) - 1);
            assertThat(folded.end(i)).isLessThanOrEqualTo(text.length());
        }
    }

    @Test
    void aMarkBelongsToItsLetter() {
        MappedText folded = Fold.fold("e\u0301x");

        assertThat(folded.text()).isEqualTo("ex");
        assertThat(folded.end(0)).isEqualTo(2);
    }
}
