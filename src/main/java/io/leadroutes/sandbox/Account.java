package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Contact;
import io.leadroutes.sandbox.Rows.ContactInbox;
import io.leadroutes.sandbox.Rows.Conversation;
import io.leadroutes.sandbox.Rows.Definition;
import io.leadroutes.sandbox.Rows.Hook;
import io.leadroutes.sandbox.Rows.Inbox;
import io.leadroutes.sandbox.Rows.Label;
import io.leadroutes.sandbox.Rows.Macro;
import io.leadroutes.sandbox.Rows.Team;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The tables of the one account, and its lock: everything that reads or changes a row holds {@code synchronized
 * (account)}. Each table numbers its rows in a range of its own, so that an id used in the wrong place is not found.
 */
final class Account {
    static final String NAME = "Harbor & Pine Outfitters";

    final Settings settings;
    final Map<Long, Inbox> inboxes = new TreeMap<>();
    final Map<Long, Contact> contacts = new TreeMap<>();
    final List<ContactInbox> contactInboxes = new ArrayList<>();
    final Map<Long, Conversation> conversations = new TreeMap<>();
    final Map<Long, Agent> agents = new TreeMap<>();
    final Map<String, Agent> agentsByToken = new LinkedHashMap<>();
    final Set<String> revokedTokens = new HashSet<>();
    final Map<Long, Team> teams = new TreeMap<>();
    final Map<Long, Label> labels = new TreeMap<>();
    final Map<Long, Definition> definitions = new TreeMap<>();
    final Map<Long, Hook> hooks = new TreeMap<>();
    final Map<Long, Macro> macros = new TreeMap<>();
    final List<Notification> notifications = new ArrayList<>();

    private final AtomicLong contactInboxIds = new AtomicLong(6120);
    private final AtomicLong messageIds = new AtomicLong(482200);
    private final AtomicLong attachmentIds = new AtomicLong(77119);
    private Instant last = Instant.EPOCH;

    Account(Settings settings) {
        this.settings = settings;
        inboxes.put(31L, new Inbox(31, "Harbor Web Chat", "Channel::WebWidget"));
        inboxes.put(32L, new Inbox(32, "Harbor WhatsApp", "Channel::Whatsapp"));
        inboxes.put(33L, new Inbox(33, "Harbor Portal", "Channel::Api"));
        addAgent("Mara Quill", "mara.quill@harborpine.example", Role.AGENT, true);
        // The ids that the original reference uses in its escalation example.
        teams.put(2L, new Team(2, "sales", now()));
        teams.put(5L, new Team(5, "senior support", now()));
    }

    long id() {
        return settings.accountId();
    }

    /** The clock's time in microseconds, moved on where needed: no two calls give the same, none goes back. */
    Instant now() {
        Instant now = settings.clock().instant().truncatedTo(ChronoUnit.MICROS);
        last = now.isAfter(last) ? now : last.plus(1, ChronoUnit.MICROS);
        return last;
    }

    static long nextId(Map<Long, ?> table, long first) {
        return table.keySet().stream().mapToLong(id -> id + 1).max().orElse(first);
    }

    long nextMessageId() {
        return messageIds.incrementAndGet();
    }

    long nextAttachmentId() {
        return attachmentIds.incrementAndGet();
    }

    Agent addAgent(String name, String email, Role role, boolean online) {
        Agent agent = new Agent(nextId(agents, 12), name, email, role, online);
        agents.put(agent.id, agent);
        return agent;
    }

    Team addTeam(String name) {
        String stored = settings.isReference() ? name : name.strip().toLowerCase(Locale.ROOT);
        Team team = new Team(nextId(teams, 6), stored, now());
        teams.put(team.id, team);
        return team;
    }

    Label addLabel(String title) {
        Label label = new Label(nextId(labels, 301), title.toLowerCase(Locale.ROOT));
        labels.put(label.id, label);
        return label;
    }

    Contact addContact(long id, String name, String email) {
        Contact contact = new Contact(id, name, now());
        contact.email = email;
        contacts.put(id, contact);
        return contact;
    }

    Hook addHook(String url, String secret, List<String> subscriptions) {
        Hook hook = new Hook(nextId(hooks, 42), url, secret, List.copyOf(subscriptions));
        hooks.put(hook.id, hook);
        return hook;
    }

    /** The secret of a new webhook; the reference's servers know none. */
    String newSecret() {
        return settings.isReference()
                ? null
                : UUID.randomUUID().toString().replace("-", "").substring(0, 24);
    }

    /** The contact's link with the inbox, made at need with the given source id (null: any). */
    ContactInbox contactInbox(Contact contact, Inbox inbox, String sourceId) {
        return contactInboxes.stream()
                .filter(link -> link.contact() == contact && link.inbox().equals(inbox))
                .filter(link -> sourceId == null || link.sourceId().equals(sourceId))
                .findFirst()
                .orElseGet(() -> {
                    String source = sourceId == null ? UUID.randomUUID().toString() : sourceId;
                    ContactInbox link =
                            new ContactInbox(contactInboxIds.getAndIncrement(), contact, inbox, source, now());
                    contactInboxes.add(link);
                    return link;
                });
    }

    Conversation addConversation(long displayId, ContactInbox link) {
        Conversation conversation = new Conversation(displayId, link, now());
        conversations.put(displayId, conversation);
        return conversation;
    }

    long nextConversationId() {
        return nextId(conversations, 1580);
    }

    long nextContactId() {
        return nextId(contacts, 9021);
    }

    /** By display id; unknown is 404, or a new conversation with a new contact if the sandbox creates by itself. */
    Conversation conversation(long displayId) {
        Conversation found = conversations.get(displayId);
        if (found != null) {
            return found;
        }
        if (!settings.autoCreate()) {
            throw Refusal.notFound();
        }
        Contact contact = addContact(nextContactId(), "Visitor " + displayId, null);
        return addConversation(displayId, contactInbox(contact, firstInbox(), null));
    }

    Contact contact(long id) {
        Contact found = contacts.get(id);
        if (found != null) {
            return found;
        }
        if (!settings.autoCreate()) {
            throw Refusal.notFound();
        }
        return addContact(id, "Visitor " + id, null);
    }

    Inbox firstInbox() {
        return inboxes.values().iterator().next();
    }

    /** The row, or 404. */
    static <T> T row(Map<Long, T> table, long id) {
        T found = table.get(id);
        if (found == null) {
            throw Refusal.notFound();
        }
        return found;
    }

    boolean isMember(Team team, Agent agent) {
        return agent != null && team.memberIds.contains(agent.id);
    }
}
