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
 * <p>A page that fails throws what the source threw, and the next call asks for it again. Not thread-safe; for
 * {@code split} with streaming, which closes it.
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
        return !waiting.isEmpty();
    }

    private void fetch() {
        List<ConversationSummary> page = source.apply(nextPage);
        nextPage++;
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

    @Override
    public ConversationSummary next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more conversations");
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
