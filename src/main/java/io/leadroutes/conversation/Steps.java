package io.leadroutes.conversation;

import io.leadroutes.event.AttributeType;
import io.leadroutes.event.Contact;
import io.leadroutes.event.Message;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Secrets;
import io.leadroutes.rules.EscalateRule;
import io.leadroutes.rules.Extracted;
import io.leadroutes.rules.Hit;
import io.leadroutes.rules.Placeholders;
import io.leadroutes.rules.QualifyRule;
import io.leadroutes.rules.RuleBook;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The built-in steps of the routing slip. Each sees the conversation and adds wishes; none calls anybody, so any of them
 * may run again on the same event after a roll-back.
 */
public final class Steps {
    /** The conversation attribute that shows the score to agents; the original reference's name for it. */
    static final String SCORE_ATTRIBUTE = "lead_score";

    /** Told in place of a handoff. */
    private static final String STAYS = "Not assigned to {team}: {agent} has the conversation.";

    private final Supplier<RuleBook> current;
    private final Destinations destinations;

    public Steps(RuleBook rules, Destinations destinations) {
        this(() -> rules, destinations);
    }

    /** @param current the rules that a decision begins with; it ends with the same */
    public Steps(Supplier<RuleBook> current, Destinations destinations) {
        this.current = current;
        this.destinations = destinations;
    }

    /** Wishes for what the message says of attributes, then for the labels of each tag rule that it matches. */
    public void tag(Conversation conversation) {
        RuleBook rules = conversation.rules(current);
        extract(conversation);
        for (Hit hit : conversation.hits(rules, Hit.Kind.TAG)) {
            conversation.wish(
                    Wish.ChangeLabels.add(hit.labels()),
                    Urgency.TAGGING,
                    reason(conversation, hit.rule(), hit.matched()));
        }
    }

    /** What is known from a form, an agent or the contact stays, unless the rule says otherwise. */
    private void extract(Conversation conversation) {
        RuleBook rules = conversation.rules(current);
        for (Extracted found : rules.extracted(conversation.reading(rules), conversation.facts(rules))) {
            boolean isWanted = found.rule().replace()
                    || Leads.fact(conversation, found.rule().attribute()).isEmpty();
            if (isWanted) {
                found.value()
                        .ifPresentOrElse(
                                value -> conversation.wish(
                                        Wish.ChangeAttributes.set(
                                                Map.of(found.rule().attribute(), value)),
                                        Urgency.TAGGING,
                                        reason(conversation, found.rule().id(), found.matched())),
                                () -> conversation.drop(found));
            }
        }
    }

    /** Adds the points of each score rule that the message matches and that may still count in this conversation. */
    public void score(Conversation conversation) {
        boolean isChanged = addPoints(conversation);
        if (isChanged | showFaded(conversation)) {
            tellScore(conversation);
        }
    }

    /** Agents see the score of the customer's last message: no timer writes it while nobody writes. */
    private static boolean showFaded(Conversation conversation) {
        boolean isFaded =
                conversation.ledger().stream().anyMatch(entry -> entry.decay().isPresent())
                        && !Values.same(conversation.getAttributes().get(SCORE_ATTRIBUTE), conversation.getScore());
        if (isFaded) {
            showScore(conversation, reason(conversation, "half-life", List.of()));
        }
        return isFaded;
    }

    /**
     * After a change of a customer's message that scored: takes back the points of words that it does not say any more, all of
     * them if it was deleted, and adds those of words that it says now. What was decided before stays. Rules that were
     * another version when they scored lose their points by a deletion only, as do those that look for no words: of other
     * changes than of the text, such as a form that was filled in, events tell in the same way.
     */
    public void correct(Conversation conversation) {
        boolean hasScored =
                conversation.ledger().stream().anyMatch(entry -> entry.messageId() == conversation.getMessageId());
        if (!hasScored || conversation.message().filter(Message::isFromCustomer).isEmpty()) {
            return;
        }
        conversation.asWritten();
        boolean isDeleted = conversation
                .message()
                .filter(message ->
                        Boolean.TRUE.equals(message.contentAttributes().get("deleted")))
                .isPresent();
        boolean isChanged = takeBackPoints(conversation, isDeleted);
        isChanged |= !isDeleted && addPoints(conversation);
        if (isChanged) {
            tellScore(conversation);
            qualify(conversation);
        }
    }

    private boolean takeBackPoints(Conversation conversation, boolean isDeleted) {
        RuleBook rules = conversation.rules(current);
        long message = conversation.getMessageId();
        List<ScoreEntry> entries = List.copyOf(conversation.ledger());
        Set<String> gone = entries.stream()
                .filter(entry -> entry.messageId() == message)
                .filter(entry -> isDeleted
                        || entry.ruleVersion().equals(rules.version())
                                && rules.isWordless(entry.rule(), conversation.reading(rules)))
                .map(ScoreEntry::rule)
                .filter(rule -> Ledger.net(entries, rule, message) != 0)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        List<String> why = List.of(isDeleted ? "message deleted" : "message edited");
        gone.forEach(rule -> enter(
                conversation, rule, -Ledger.net(entries, rule, message), why, Ledger.decay(entries, rule, message)));
        return !gone.isEmpty();
    }

    private boolean addPoints(Conversation conversation) {
        RuleBook rules = conversation.rules(current);
        boolean isChanged = false;
        for (Hit hit : conversation.hits(rules, Hit.Kind.SCORE)) {
            int worth = Ledger.worth(conversation.ledger(), hit, conversation.getMessageId(), conversation.at(), rules);
            if (worth != 0) {
                Optional<ScoreEntry.Decay> decay = rules.scoreRule(hit.rule())
                        .halfLife()
                        .map(halfLife -> new ScoreEntry.Decay(halfLife, conversation.at()));
                enter(conversation, hit.rule(), worth, hit.matched(), decay);
                isChanged = true;
            }
        }
        return isChanged;
    }

    private void enter(
            Conversation conversation,
            String rule,
            int points,
            List<String> matched,
            Optional<ScoreEntry.Decay> decay) {
        conversation.score(new ScoreEntry(
                rule,
                conversation.rules(current).version(),
                points,
                conversation.getMessageId(),
                matched,
                conversation.at(),
                decay));
        showScore(conversation, reason(conversation, rule, matched));
    }

    private static void showScore(Conversation conversation, Reason reason) {
        conversation.wish(
                Wish.ChangeAttributes.set(Map.of(SCORE_ATTRIBUTE, conversation.getScore())), Urgency.TAGGING, reason);
    }

    private void tellScore(Conversation conversation) {
        if (conversation.isQualified()) {
            publishLead(conversation, Urgency.TAGGING, reason(conversation, "score", List.of()));
        }
    }

    /**
     * Before an event is decided on: ends the episodes whose cause has passed, so that their rules may act again. Only of
     * rules that say that they may.
     */
    public void rest(Conversation conversation) {
        RuleBook rules = conversation.rules(current);
        restQualification(conversation);
        for (EscalateRule rule : rules.escalateRules()) {
            String name = Episode.of(rule.id());
            if (rule.renewal().isPossible() && conversation.isIn(name) && hasPassed(conversation, rule)) {
                conversation.end(name);
            }
        }
    }

    private void restQualification(Conversation conversation) {
        conversation
                .rules(current)
                .qualify()
                .filter(rule -> rule.renewal().isPossible())
                .filter(rule ->
                        conversation.getScore() < rule.renewal().resetBelow().orElse(rule.at()))
                .ifPresent(rule -> conversation.end(Episode.QUALIFY));
    }

    /** A condition on a message is as short as the message: of the next one it is asked anew. */
    private boolean hasPassed(Conversation conversation, EscalateRule rule) {
        RuleBook rules = conversation.rules(current);
        return rule.renewal()
                .resetBelow()
                .map(below -> conversation.getScore() < below)
                .orElseGet(() -> rule.when().asksForMessage()
                        || rule.when()
                                .held(conversation.reading(rules), conversation.facts(rules))
                                .isEmpty());
    }

    /** After an event that is no customer's message: what the rules do that ask for such events. */
    public void react(Conversation conversation) {
        if (conversation.rules(current).hasRulesOnEvents() && conversation.isForRulesOnEvents()) {
            tag(conversation);
            score(conversation);
            qualify(conversation);
            escalate(conversation);
        }
    }

    /**
     * Once per episode, when the score has reached the threshold and the rule's condition holds: everything that makes it a
     * qualified lead. Of what was written long ago, what shows and records it, and nothing that rouses people: no priority,
     * team and note.
     */
    public void qualify(Conversation conversation) {
        RuleBook rules = conversation.rules(current);
        restQualification(conversation);
        rules.qualify()
                .filter(rule ->
                        conversation.mayBegin(Episode.QUALIFY, rule.renewal()) && conversation.getScore() >= rule.at())
                .ifPresent(rule -> rules.qualifyCondition(conversation.reading(rules), conversation.facts(rules))
                        .ifPresent(held -> qualify(conversation, rule, held)));
    }

    private void qualify(Conversation conversation, QualifyRule rule, List<String> held) {
        Episode episode = conversation.begin(Episode.QUALIFY);
        List<String> why = Stream.concat(Stream.of(conversation.getScore() + " >= " + rule.at()), held.stream())
                .toList();
        Reason reason = reason(conversation, "qualify", why);
        Map<String, Object> facts = new LinkedHashMap<>();
        for (String key : rule.attributes()) {
            Leads.value(conversation, key).flatMap(Steps::storable).ifPresent(value -> facts.put(key, value));
        }
        conversation.wish(Wish.ChangeLabels.add(rule.labels()), Urgency.QUALIFICATION, reason);
        conversation.wish(Wish.ChangeAttributes.set(facts), Urgency.QUALIFICATION, reason);
        if (!conversation.isBackfill()) {
            act(
                    conversation,
                    episode.numbered(Episode.QUALIFY),
                    "qualify",
                    Optional.of(rule.priority()),
                    rule.lower(),
                    rule.team(),
                    rule.reassign(),
                    rule.note(),
                    Urgency.QUALIFICATION,
                    reason);
        }
        publishLead(conversation, Urgency.QUALIFICATION, reason);
    }

    /**
     * A value that Chatwoot takes: it refuses all attributes of a call because of one long text or big number (CONTRACT
     * section 3.6). A secret that was redacted is no value.
     */
    private static Optional<Object> storable(Object value) {
        if (value instanceof String text) {
            int end = Math.min(text.codePointCount(0, text.length()), AttributeType.MAX_CHARS);
            return Optional.<Object>of(text.substring(0, text.offsetByCodePoints(0, end)))
                    .filter(shown -> !shown.equals(Secrets.REDACTED));
        }
        boolean tooBig = value instanceof Number number && Math.abs(number.doubleValue()) > AttributeType.MAX_NUMBER;
        return tooBig ? Optional.empty() : Optional.of(value);
    }

    /**
     * Once per episode and rule, when the rule's condition holds for what is there or wished for. What was
     * written long ago escalates nothing; when the customer writes again, the labels still stand.
     */
    public void escalate(Conversation conversation) {
        if (conversation.isBackfill()) {
            return;
        }
        RuleBook rules = conversation.rules(current);
        rules.escalations(conversation.reading(rules), conversation.facts(rules))
                .forEach((rule, held) -> {
                    String name = Episode.of(rule.id());
                    if (conversation.mayBegin(name, rule.renewal())) {
                        Episode episode = conversation.begin(name);
                        carryOut(
                                conversation,
                                rule,
                                episode,
                                episode.numbered(name),
                                reason(conversation, rule.id(), held));
                    }
                });
    }

    /**
     * True if this calendar of the rule file is open when the event in hand happens.
     *
     * @throws IllegalArgumentException if there is no calendar of this name
     */
    public boolean isOpen(Conversation conversation, String calendar) {
        return conversation.rules(current).calendars().isOpen(calendar, conversation.at());
    }

    /** True if the condition of an escalation holds now, whether or not it has fired. */
    public boolean wouldEscalate(Conversation conversation) {
        RuleBook rules = conversation.rules(current);
        return !rules.escalations(conversation.reading(rules), conversation.facts(rules))
                .isEmpty();
    }

    /**
     * Not another {@code escalate}, which would make the method that the route calls ambiguous.
     *
     * @param occasion one note is written for it
     */
    void carryOut(Conversation conversation, EscalateRule rule, Episode episode, String occasion, Reason reason) {
        conversation.wish(Wish.ChangeLabels.add(rule.labels()), Urgency.ESCALATION, reason);
        act(
                conversation,
                occasion,
                rule.id(),
                rule.priority(),
                rule.lower(),
                rule.team(),
                rule.reassign(),
                rule.note(),
                Urgency.ESCALATION,
                reason);
        for (String destination : destinations.escalated()) {
            conversation.wish(
                    new Wish.Publish(destination, episode.numbered("escalation:" + rule.id()), lead(conversation)),
                    Urgency.ESCALATION,
                    reason);
        }
        if (conversation.isQualified()) {
            publishLead(conversation, Urgency.ESCALATION, reason);
        }
    }

    /** After a status change: the lead, if there is one, is resolved or open again. */
    public void resolution(Conversation conversation) {
        if (conversation.isQualified() && conversation.isResolutionChanged()) {
            publishLead(conversation, Urgency.TAGGING, reason(conversation, "status", List.of()));
        }
    }

    /** After a snapshot: the lead, if there is one, goes with its contact into the one that that was merged into. */
    public void merge(Conversation conversation) {
        if (conversation.isQualified() && conversation.formerContactId().isPresent()) {
            publishLead(conversation, Urgency.TAGGING, reason(conversation, "contact", List.of()));
        }
    }

    /** After a contact event: the lead, if there is one, gets the new contact data. */
    public void contact(Conversation conversation) {
        if (conversation.isQualified()) {
            publishLead(conversation, Urgency.TAGGING, reason(conversation, "contact", List.of()));
        }
    }

    /**
     * Because a route asks for it: the lead as the conversation shows it, with what the route knows better, qualified or
     * not. Later changes of a conversation that the rules have not qualified are told only when it is asked for again.
     *
     * @throws IllegalArgumentException if nobody knows whose lead it is
     */
    public void lead(Conversation conversation, LeadFacts facts) {
        Lead lead = lead(conversation).with(facts);
        if (lead.contactId() == null) {
            throw new IllegalArgumentException("contactId is missing; expected the number of a contact, as that of"
                    + " conversation " + conversation.getId() + " is not known here");
        }
        publishLead(conversation, lead, Urgency.TAGGING, reason(conversation, "upsert-lead", List.of()));
    }

    /**
     * Because a route asks for it: shows agents how the deal ended. The CRM is not told: it, or whoever tells both, knows.
     */
    public void outcome(Conversation conversation, DealOutcome deal) {
        Reason reason = reason(conversation, "outcome", List.of(deal.outcome()));
        conversation.wish(deal.labels(), Urgency.TAGGING, reason);
        conversation.wish(deal.attributes(), Urgency.TAGGING, reason);
    }

    private void act(
            Conversation conversation,
            String occasion,
            String rule,
            Optional<Priority> priority,
            boolean lower,
            Optional<String> team,
            boolean reassign,
            Optional<String> note,
            Urgency urgency,
            Reason reason) {
        // Unless the rule says so, a priority is not lowered: an agent, or an escalation, may have set a higher one.
        priority.filter(p -> lower ? p != conversation.getPriority() : p.compareTo(conversation.getPriority()) > 0)
                .ifPresent(p -> conversation.wish(new Wish.SetPriority(p, !lower), urgency, reason));
        // A person who has the conversation keeps it (invariant 6).
        boolean stays = !reassign
                && team.filter(t -> !conversation.isTeam(t)).isPresent()
                && conversation.agent().isPresent();
        Map<String, String> values = values(conversation, rule, team);
        // One note for both: what is written together costs one call and is read together.
        String text = Stream.concat(
                        note.stream(),
                        stays
                                ? Stream.of(STAYS)
                                : team
                                        .filter(conversation::isTakenBy)
                                        .flatMap(
                                                t -> conversation.rules(current).handoffNote())
                                        .stream())
                .map(template -> NoteTemplate.render(template, values))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("\n\n"));
        team.filter(t -> !stays).ifPresent(t -> conversation.wish(new Wish.AssignTeam(t, reassign), urgency, reason));
        if (!text.isEmpty()) {
            conversation.wish(new Wish.Note(occasion, text), urgency, reason);
        }
    }

    private void publishLead(Conversation conversation, Urgency urgency, Reason reason) {
        publishLead(conversation, lead(conversation), urgency, reason);
    }

    private void publishLead(Conversation conversation, Lead lead, Urgency urgency, Reason reason) {
        for (String destination : destinations.leadQualified()) {
            conversation.wish(new Wish.Publish(destination, "lead", lead), urgency, reason);
        }
    }

    private Lead lead(Conversation conversation) {
        return Leads.of(conversation, destinations.dashboardUrl());
    }

    private static Reason reason(Conversation conversation, String rule, List<String> matched) {
        return new Reason(rule, conversation.getMessageId(), matched);
    }

    private static Map<String, String> values(Conversation conversation, String rule, Optional<String> team) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("score", Integer.toString(conversation.getScore()));
        values.put("reasons", reasons(conversation));
        values.put("labels", String.join(", ", conversation.getLabels()));
        values.put("name", conversation.contact().flatMap(Contact::name).orElse(""));
        values.put("email", conversation.contact().flatMap(Contact::email).orElse(""));
        values.put("phone", conversation.contact().flatMap(Contact::phone).orElse(""));
        values.put("company", Leads.company(conversation).orElse(""));
        for (String key : List.of("company_size", "industry", "deal_value", "next_follow_up")) {
            values.put(key, Leads.fact(conversation, key).orElse(""));
        }
        values.put("message", conversation.getText());
        values.put("rule", rule);
        values.put("team", team.orElse(""));
        values.put(Placeholders.MENTION_TEAM, team.orElse(""));
        values.put("agent", conversation.agent().orElse(""));
        values.put("from", String.join(", ", conversation.holders()));
        return values;
    }

    private static String reasons(Conversation conversation) {
        return conversation.ledger().stream()
                .map(entry -> entry.rule() + " " + (entry.points() < 0 ? "" : "+") + entry.points()
                        + left(entry, conversation) + " (" + String.join(", ", entry.matched()) + ")")
                .collect(Collectors.joining("; "));
    }

    private static String left(ScoreEntry entry, Conversation conversation) {
        int left = entry.remaining(conversation.at());
        return left == entry.points() ? "" : ", " + left + " left";
    }
}
