package io.leadroutes.cli;

import io.leadroutes.cli.ConversationRun.FailedException;
import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.Destinations;
import io.leadroutes.conversation.Rehearsal;
import io.leadroutes.conversation.Rehearsal.Heard;
import io.leadroutes.conversation.Steps;
import io.leadroutes.conversation.Waits;
import io.leadroutes.conversation.Wish;
import io.leadroutes.conversation.Wished;
import io.leadroutes.event.BadEventException;
import io.leadroutes.event.Event;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.rules.RuleBook;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the four built-in steps would decide for a leadroutes that knows nothing yet; counted, and told to nobody. */
final class BackfillTrial implements BackfillRun.Taker {
    private final EventDecoder decoder = new EventDecoder();
    private final Steps steps;
    private final Waits waits;
    private final long accountId;
    private final Clock clock;
    private final Map<String, Integer> labels = new TreeMap<>();
    private int tagged;
    private int scored;
    private int leads;
    private int resolvedLeads;
    private int escalations;
    private int writes;
    private boolean assignsTeam;

    /** @throws io.leadroutes.rules.RuleFileException if the rule file is wrong */
    BackfillTrial(Settings settings, Clock clock) {
        RuleBook rules = RuleBook.load(Path.of(settings.text("rules.file")));
        steps = new Steps(
                rules,
                new Destinations(
                        settings.list("on.lead-qualified"), settings.list("on.escalated"), settings.baseUrl()));
        waits = new Waits(rules, steps);
        accountId = settings.accountId();
        this.clock = clock;
    }

    @Override
    public void take(long id, List<byte[]> bodies) throws FailedException {
        Rehearsal rehearsal = new Rehearsal(steps, waits, ConversationState.unknown(accountId, id));
        Conversation conversation = rehearsal.open(clock.instant());
        boolean escalates = false;
        for (byte[] body : bodies) {
            rehearsal.hear(conversation, new Heard(decoded(body), clock.instant()));
            escalates |= steps.wouldEscalate(conversation);
        }
        escalations += escalates ? 1 : 0;
        count(conversation);
    }

    private Event decoded(byte[] body) throws FailedException {
        try {
            return decoder.decode(body).event();
        } catch (BadEventException e) {
            throw new FailedException("a message cannot be taken: " + e.getMessage());
        }
    }

    private void count(Conversation conversation) {
        for (Wished wished : conversation.decided()) {
            Wish wish = wished.wish();
            if (wish.destination().equals(Wish.CHATWOOT)) {
                writes++;
            }
            if (wish instanceof Wish.ChangeLabels change) {
                tagged++;
                change.add().forEach(label -> labels.merge(label, 1, Integer::sum));
            }
            assignsTeam |= wish instanceof Wish.AssignTeam;
        }
        if (!conversation.scored().isEmpty()) {
            scored++;
        }
        if (conversation.isQualified()) {
            leads++;
            resolvedLeads += conversation.isResolved() ? 1 : 0;
        }
    }

    /** @param isAsNew whether the messages are handed over as if they were written now */
    void tell(PrintWriter out, boolean isAsNew, int readCalls) {
        String each = labels.entrySet().stream()
                .map(label -> label.getKey() + " " + label.getValue())
                .collect(Collectors.joining(", "));
        out.printf("  labels       on %d conversation(s)%s%n", tagged, each.isEmpty() ? "" : ": " + each);
        out.printf("  lead_score   on %d%n", scored);
        out.printf("  leads        %d, of which %d resolved%n", leads, resolvedLeads);
        out.printf(
                "  escalations  %s%n", isAsNew ? String.valueOf(escalations) : "none; with --as-new, " + escalations);
        // Teams are listed once.
        out.printf("  calls        %d to read, about %d to write%n", readCalls, writes + (assignsTeam ? 1 : 0));
        out.flush();
    }
}
