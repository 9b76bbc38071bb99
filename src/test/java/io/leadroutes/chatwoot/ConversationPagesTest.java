package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ConversationPagesTest {
    private final List<Long> asked = new ArrayList<>();
    private int closed;

    @Test
    void aPageIsAskedForWhenTheOneBeforeIsUsedUp() {
        ConversationPages pages = pages(List.of(ids(1, 3), ids(3, 5)));

        assertThat(asked).as("before the first question").isEmpty();
        assertThat(pages.next().id()).isEqualTo(1);
        assertThat(pages.next().id()).isEqualTo(2);
        assertThat(asked).containsExactly(1L);
        assertThat(pages.hasNext()).isTrue();
        assertThat(pages.hasNext()).isTrue();
        assertThat(asked).containsExactly(1L, 2L);
        assertThat(rest(pages)).containsExactly(3L, 4L);
        assertThat(asked).as("ends at an empty page").containsExactly(1L, 2L, 3L);
        assertThat(pages.hasNext()).isFalse();
        assertThatThrownBy(pages::next).isInstanceOf(NoSuchElementException.class);
        assertThat(asked).as("after the end").hasSize(3);
        assertThat(closed).isEqualTo(1);
    }

    @Test
    void whatComesAgainIsPassedOver() {
        ConversationPages pages = pages(List.of(ids(1, 4), ids(1, 4), ids(3, 6), List.of(6L, 6L)));

        assertThat(rest(pages)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void aServerThatDoesNotPageIsNotAskedForEver() {
        ConversationPages pages = new ConversationPages(this::always, () -> closed++);

        assertThat(rest(pages)).containsExactly(1L, 2L);
        assertThat(asked).containsExactly(1L, 2L, 3L);
        assertThat(closed).isEqualTo(1);
    }

    private List<ConversationSummary> always(long page) {
        asked.add(page);
        return ids(1, 3).stream().map(ConversationPagesTest::conversation).toList();
    }

    @Test
    void onlyTheLastThousandAreRemembered() {
        List<List<Long>> pages = new ArrayList<>(
                LongStream.range(0, 41).mapToObj(i -> ids(i * 25, i * 25 + 25)).toList());
        pages.add(List.of(24L, 25L));

        assertThat(rest(pages(pages))).hasSize(41 * 25 + 1).endsWith(1_024L, 24L);
    }

    @Test
    void aPageThatFailsEndsTheStream() {
        ConversationPages pages = new ConversationPages(this::failingAtTwo, () -> closed++);
        pages.next();

        assertThat(pages.hasNext()).as("there is a failure to come").isTrue();
        assertThat(pages.hasNext()).isTrue();
        assertThatThrownBy(pages::next).hasMessage("page 2");

        assertThat(rest(pages)).isEmpty();
        assertThatThrownBy(pages::next).isInstanceOf(NoSuchElementException.class);
        assertThat(asked).containsExactly(1L, 2L);
        assertThat(closed).isEqualTo(1);
    }

    private List<ConversationSummary> failingAtTwo(long page) {
        asked.add(page);
        if (page == 2) {
            throw new IllegalStateException("page 2");
        }
        return List.of(conversation(page));
    }

    @Test
    void aClosedStreamAsksForNothing() {
        ConversationPages pages = pages(List.of(ids(1, 3), ids(3, 5)));
        pages.next();

        pages.close();
        pages.close();

        assertThat(rest(pages)).as("what was fetched already").containsExactly(2L);
        assertThat(asked).containsExactly(1L);
        assertThat(closed).isEqualTo(1);
    }

    private ConversationPages pages(List<List<Long>> pages) {
        return new ConversationPages(
                page -> {
                    asked.add(page);
                    List<Long> ids = page > pages.size() ? List.of() : pages.get((int) page - 1);
                    return ids.stream().map(ConversationPagesTest::conversation).toList();
                },
                () -> closed++);
    }

    private static List<Long> ids(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private static List<Long> rest(ConversationPages pages) {
        List<Long> ids = new ArrayList<>();
        pages.forEachRemaining(conversation -> ids.add(conversation.id()));
        return ids;
    }

    private static ConversationSummary conversation(long id) {
        return new ConversationSummary(
                id,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty());
    }
}
