package io.leadroutes.jms;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JmsBrokerTest {
    @ParameterizedTest
    @ValueSource(strings = {"no.such.Factory", "java.lang.String", "jakarta.jms.ConnectionFactory"})
    void aClassThatIsNoConnectionFactoryIsNamedWithoutTheAddress(String name) {
        assertThatThrownBy(() -> new JmsBroker(name, "tcp://user:hidden@broker", Optional.empty(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "jms.connection-factory is \"" + name + "\"", "whose constructor takes jms.url")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void anythingButATextIsNotSent() {
        assertThatThrownBy(() -> new TextOnly().toMessage(List.of("hidden"), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a text for a message broker")
                .hasMessageNotContaining("hidden");
        assertThatThrownBy(() -> new TextOnly().toMessage(null, null)).isInstanceOf(IllegalArgumentException.class);
    }
}
