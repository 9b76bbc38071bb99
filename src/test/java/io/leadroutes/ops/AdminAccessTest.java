package io.leadroutes.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.leadroutes.ops.Admin.RefusedException;
import io.leadroutes.store.TestClock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who guesses the token of /admin is slowed, and nobody else: SECURITY.md, rows 2 and 23. */
class AdminAccessTest {
    private static final String RIGHT = "Bearer the-token";
    private static final String WRONG = "Bearer another";
    private static final String GUESSER = "192.0.2.7";

    private final TestClock clock = new TestClock();
    private final AdminAccess access = new AdminAccess(Optional.of("the-token"), clock);

    @Test
    void withoutAConfiguredTokenNothingIsThere() {
        AdminAccess closed = new AdminAccess(Optional.empty(), clock);

        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> closed.check(GUESSER, RIGHT));

        assertThat(refused.status()).isEqualTo(404);
    }

    @Test
    @Tag("attack-02")
    void theRightTokenAndNoOtherIsLetIn() {
        assertThatCode(() -> access.check(GUESSER, RIGHT)).doesNotThrowAnyException();
        for (String wrong :
                new String[] {null, "", "Bearer", "the-token", "bearer the-token", RIGHT + " ", "Bearer the-toke"}) {
            assertThat(status(GUESSER, wrong)).as(wrong).isEqualTo(401);
        }
    }

    @Test
    @Tag("attack-02")
    void whoGuessesIsSlowedMoreAndMore() {
        for (int i = 0; i < AdminAccess.FREE_GUESSES; i++) {
            assertThat(status(GUESSER, WRONG)).isEqualTo(401);
        }

        assertThat(status(GUESSER, WRONG)).isEqualTo(429);
        assertThat(status(GUESSER, RIGHT))
                .as("the right one, too, or it could be found")
                .isEqualTo(429);
        long before = 0;
        for (long pause : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            RefusedException refused = catchThrowableOfType(RefusedException.class, () -> access.check(GUESSER, WRONG));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.retryAfterSeconds()).isBetween(pause, pause + 1).isGreaterThanOrEqualTo(before);
            before = refused.retryAfterSeconds();
            clock.advance(Duration.ofSeconds(pause));
            assertThat(status(GUESSER, WRONG)).as("one guess after each pause").isEqualTo(401);
        }
    }

    @Test
    void theRightTokenAfterThePauseStartsAnew() {
        guess(GUESSER, AdminAccess.FREE_GUESSES);
        clock.advance(Duration.ofSeconds(1));

        assertThatCode(() -> access.check(GUESSER, RIGHT)).doesNotThrowAnyException();

        guess(GUESSER, AdminAccess.FREE_GUESSES - 1);
        assertThat(status(GUESSER, WRONG)).isEqualTo(401);
    }

    @Test
    void othersAreHeardMeanwhile() {
        guess(GUESSER, 50);

        assertThatCode(() -> access.check("192.0.2.8", RIGHT)).doesNotThrowAnyException();
    }

    @Test
    void aRequestWithoutATokenIsNoGuess() {
        for (int i = 0; i < 100; i++) {
            status(GUESSER, null);
        }

        assertThatCode(() -> access.check(GUESSER, RIGHT)).doesNotThrowAnyException();
    }

    @Test
    void allAddressesOfOneIpv6NetworkAreOne() {
        for (int i = 0; i < AdminAccess.FREE_GUESSES; i++) {
            status("2001:db8:0:1::" + i, WRONG);
        }

        assertThat(status("2001:db8:0:1:ffff::1", WRONG)).isEqualTo(429);
        assertThat(status("2001:db8:0:2::1", WRONG)).isEqualTo(401);
    }

    @Test
    void onlySoManyAddressesAreRemembered() {
        guess(GUESSER, 50);
        for (int i = 0; i < AdminAccess.MAX_ADDRESSES; i++) {
            status("10.0." + i / 256 + "." + i % 256, WRONG);
        }

        assertThat(status(GUESSER, WRONG)).as("the oldest is forgotten").isEqualTo(401);
    }

    private void guess(String address, int times) {
        for (int i = 0; i < times; i++) {
            status(address, WRONG);
        }
    }

    private int status(String address, String authorization) {
        try {
            access.check(address, authorization);
            return 200;
        } catch (RefusedException e) {
            return e.status();
        }
    }
}
