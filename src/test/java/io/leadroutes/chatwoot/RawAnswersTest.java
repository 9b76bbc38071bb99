package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.store.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of either dialect, whole. */
class RawAnswersTest {
    private static JsonNode json(String text) {
        try {
            return Json.tree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static ApiAnswer answer(String json) {
        return new ApiAnswer("some-verb", 200, json(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"data\":{\"meta\":{\"all_count\":2},\"payload\":[{\"id\":5,\"x\":1},{\"id\":6}]}}",
                "{\"meta\":{\"all_count\":2},\"payload\":[{\"id\":5,\"x\":1},{\"id\":6}]}"
            })
    void conversationsComeWithTheirCount(String body) throws ChatwootException {
        assertThat(RawAnswers.conversations(answer(body)))
                .containsExactly(json("{\"id\":5,\"x\":1}"), json("{\"id\":6}"));
        assertThat(RawAnswers.total(answer(body))).hasValue(2);
    }

    @Test
    void withoutACountThereIsNone() throws ChatwootException {
        assertThat(RawAnswers.total(answer("[{\"id\":5}]"))).isEmpty();
        assertThat(RawAnswers.messages(answer("{\"payload\":[{\"id\":9}]}"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "{\"payload\":[{}]}", "{\"payload\":[{\"id\":\"5\"}]}", "[7]"})
    void somethingElseIsAnOutage(String body) {
        assertThatThrownBy(() -> RawAnswers.conversations(answer(body)))
                .isInstanceOf(ChatwootException.Unavailable.class);
        assertThatThrownBy(() -> RawAnswers.messages(answer(body))).isInstanceOf(ChatwootException.Unavailable.class);
    }

    @ParameterizedTest
    @CsvSource({"0,false,true", "0,true,false", "1,false,false", "2,false,false", "3,false,false"})
    void customersWriteWhatIsIncomingAndNotPrivate(int type, boolean isPrivate, boolean expected) {
        assertThat(RawAnswers.isFromCustomer(json("{\"message_type\":%d,\"private\":%b}".formatted(type, isPrivate))))
                .isEqualTo(expected);
    }

    @Test
    void theOriginalReferenceWritesTheTypeAsAWord() {
        assertThat(RawAnswers.isFromCustomer(json("{\"message_type\":\"incoming\",\"private\":false}")))
                .isTrue();
        assertThat(RawAnswers.isFromCustomer(json("{\"message_type\":\"outgoing\",\"private\":false}")))
                .isFalse();
    }

    @Test
    void aConversationTellsItsLastMessageOrThatItHasNoneOrNothing() {
        assertThat(RawAnswers.lastMessage(json("{\"messages\":[{\"id\":9}]}"))).hasValue(9);
        assertThat(RawAnswers.lastMessage(json("{\"messages\":[]}"))).hasValue(0);
        assertThat(RawAnswers.lastMessage(json("{}"))).isEmpty();
    }
}
