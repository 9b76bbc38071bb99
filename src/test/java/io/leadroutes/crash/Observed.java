package io.leadroutes.crash;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the product has made of it all, read from its tables, the CRM's and the sandbox when nothing waits any more.
 *
 * @param inbox its rows, by id
 * @param inOrderOfArrival true if the ids are: not if several replicas wrote them
 * @param entries the score ledger, in the order written
 * @param conversations by id
 * @param deadWishes rows of the outbox that were set aside, in words
 * @param waiting what is not yet done, in words; empty unless the product did not come to rest in time
 */
record Observed(
        List<InboxRow> inbox,
        boolean inOrderOfArrival,
        List<Entry> entries,
        Map<Long, Conversation> conversations,
        List<String> deadWishes,
        String waiting) {

    /**
     * @param message 0 if it is not the creation of one
     * @param version microseconds, 0 if unknown
     * @param state new, done or dead
     */
    record InboxRow(
            long id, String delivery, long conversation, long message, long version, String state, String error) {}

    /** @param atMicros time of the decision, the same for all that was decided together */
    record Entry(long conversation, String rule, long message, long atMicros) {}

    /**
     * @param version of the last snapshot that was believed, microseconds
     * @param score as stored
     * @param labels in Chatwoot
     * @param shownScore the attribute lead_score in Chatwoot, -1 if there is none
     * @param notes texts of the private notes in Chatwoot
     * @param leads scores in the CRM's rows of its contact
     */
    record Conversation(
            long version, int score, Set<String> labels, int shownScore, List<String> notes, List<Integer> leads) {}
}
