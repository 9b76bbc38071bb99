package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.chatwoot.ApiAnswer;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.RawAnswers;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.event.Times;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The conversations that an account has, oldest first, with what customers wrote in them. A page of conversations is one
 * call, and so are up to 100 messages of a conversation (CONTRACT sections 3.3 and 3.4). For one thread.
 */
final class Backlog {
    private final CountedCalls calls;
    private final Requests requests;
    private final Selection selection;
    private final Set<Long> seen = new HashSet<>();

    /** @param accountId whose conversations they are */
    Backlog(CountedCalls calls, long accountId, Selection selection) {
        this.calls = calls;
        this.requests = new Requests(accountId);
        this.selection = selection;
    }

    /**
     * Which conversations.
     *
     * @param labels any of these, all if there are none
     * @param status open, resolved, pending, snoozed or all
     * @param since with activity at or after this time
     * @param until begun before this time
     */
    record Selection(
            List<String> labels, String status, OptionalLong inbox, Optional<Instant> since, Optional<Instant> until) {

        /** What the server is not asked to choose by. */
        private boolean holds(JsonNode conversation) {
            Optional<Instant> lastActive = time(conversation, "last_activity_at");
            boolean isRecent =
                    since.isEmpty() || lastActive.isEmpty() || !lastActive.get().isBefore(since.get());
            return isRecent && !isTooNew(conversation);
        }

        private boolean isTooNew(JsonNode conversation) {
            return until.isPresent()
                    && time(conversation, "created_at")
                            .filter(created -> !created.isBefore(until.get()))
                            .isPresent();
        }

        private static Optional<Instant> time(JsonNode conversation, String field) {
            OptionalLong micros = Times.micros(conversation.path(field));
            return micros.isPresent()
                    ? Optional.of(Instant.EPOCH.plus(micros.getAsLong(), ChronoUnit.MICROS))
                    : Optional.empty();
        }
    }

    /**
     * One page.
     *
     * @param wanted those of it that are selected and have not come before
     * @param others how many are not selected
     * @param total conversations of all pages, as the server counts them
     * @param ids all of the page
     * @param isLast none of a later page is selected
     */
    record Page(List<JsonNode> wanted, int others, OptionalInt total, List<Long> ids, boolean isLast) {}

    /** @param number from 1 */
    Page page(long number) throws ChatwootException, IOException, InterruptedException {
        ApiAnswer answer = calls.send(
                requests.listConversations(selection.labels(), selection.status(), selection.inbox(), number));
        List<JsonNode> listed = RawAnswers.conversations(answer);
        List<JsonNode> wanted = new ArrayList<>();
        int others = 0;
        boolean hasNew = false;
        for (JsonNode conversation : listed) {
            if (seen.add(RawAnswers.id(conversation))) {
                hasNew = true;
                if (selection.holds(conversation)) {
                    wanted.add(conversation);
                } else {
                    others++;
                }
            }
        }
        // A server that does not page answers the same list for ever.
        OptionalInt total = RawAnswers.total(answer);
        boolean isLast = !hasNew
                || total.isPresent() && seen.size() >= total.getAsInt()
                || selection.isTooNew(listed.get(listed.size() - 1));
        return new Page(
                wanted, others, total, listed.stream().map(RawAnswers::id).toList(), isLast);
    }

    /** As if none had come before. */
    Page firstPageAgain() throws ChatwootException, IOException, InterruptedException {
        seen.clear();
        return page(1);
    }

    /** What the customer wrote, oldest first. */
    List<JsonNode> customerMessages(JsonNode conversation) throws ChatwootException, IOException, InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        OptionalLong last = RawAnswers.lastMessage(conversation);
        long after = 0;
        while (last.isEmpty() || after < last.getAsLong()) {
            List<JsonNode> messages = RawAnswers.messages(calls.send(
                    requests.listMessages(RawAnswers.id(conversation), OptionalLong.empty(), OptionalLong.of(after))));
            long newest = messages.stream().mapToLong(RawAnswers::id).max().orElse(0);
            if (newest <= after) {
                break;
            }
            messages.stream().filter(RawAnswers::isFromCustomer).forEach(found::add);
            after = newest;
        }
        return found;
    }
}
