package io.leadroutes.chatwoot;

import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * Conversations page by page, in constant memory: a page is asked for when the one before is used up, the first when
 * somebody asks whether there is any. What changes the list meanwhile shifts pages: a conversation that comes again among
 * the last 1,000 is passed over; one that drops out of the list makes the list skip another, which the next listing has.
 *
 * <p>A page that fails ends the stream: {@link #next} throws what the source threw, once. {@link #hasNext} does not, because
 * Camel's {@code split} asks it before it handles the item in hand, which would be lost. The split goes on asking after
 * a failure, too, to release what it takes to be left: after a failed page that costs no call, but a split with
 * {@code stopOnException} fetches the remaining pages when an item fails.
 *
 * <p>Not thread-safe.
 */
final class ConversationPages implements Iterator<ConversationSummary>, Closeable {
    private static final int REMEMBERED = 1_000;

    /** A server that does not page answers the same list for ever. */
    private static final int PAGES_WITHOUT_NEWS = 2;

    private final LongFunction<List<ConversationSummary>> source;
    private final Runnable whenClosed;
    private final Deque<ConversationSummary> waiting = new ArrayDeque<>();
    private final Set<Long> seen = new LinkedHashSet<>();
    private long nextPage = 1;
    private int withoutNews;
    private RuntimeException failure;
    private boolean ended;

    /**
     * @param source gives a page, counted from 1; empty after the last
     * @param whenClosed runs once, after the last page or when this is closed before
     */
    ConversationPages(LongFunction<List<ConversationSummary>> source, Runnable whenClosed) {
        this.source = source;
        this.whenClosed = whenClosed;
    }

    @Override
    public boolean hasNext() {
        while (waiting.isEmpty() && !ended) {
            fetch();
        }
        return !waiting.isEmpty() || failure != null;
    }

    private void fetch() {
        List<ConversationSummary> page = nextPage();
        page.stream().filter(conversation -> seen.add(conversation.id())).forEach(waiting::add);
        withoutNews = waiting.isEmpty() ? withoutNews + 1 : 0;
        Iterator<Long> oldest = seen.iterator();
        while (seen.size() > REMEMBERED) {
            oldest.next();
            oldest.remove();
        }
        if (page.isEmpty() || withoutNews == PAGES_WITHOUT_NEWS) {
            close();
        }
    }

    private List<ConversationSummary> nextPage() {
        try {
            return source.apply(nextPage++);
        } catch (RuntimeException e) {
            failure = e;
            return List.of();
        }
    }

    @Override
    public ConversationSummary next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more conversations");
        }
        if (waiting.isEmpty()) {
            RuntimeException once = failure;
            failure = null;
            throw once;
        }
        return waiting.remove();
    }

    /** Asks for no more pages; may run twice. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            whenClosed.run();
        }
    }
}
