package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Contact;
import io.leadroutes.sandbox.Rows.Conversation;
import io.leadroutes.sandbox.Rows.Hook;
import io.leadroutes.sandbox.Rows.Inbox;
import io.leadroutes.sandbox.Rows.Message;
import io.leadroutes.sandbox.Rows.MessageType;
import io.leadroutes.sandbox.Rows.Team;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A Chatwoot with one account on a loopback port: the Application API (CONTRACT section 3), its webhooks (sections 1 and
 * 2), what customers and agents do, and faults on demand. State lives in memory and starts with three inboxes (31 web
 * chat, 32 WhatsApp, 33 API), one agent (Mara Quill) and the teams {@code sales} (2) and {@code senior support} (5).
 *
 * <p>All methods may be called from any thread. Those that name what does not exist, or give a value that the
 * API would refuse, throw IllegalArgumentException.
 */
public final class SandboxChatwoot implements AutoCloseable {
    private final Settings settings;
    private final String apiToken;
    private final Account account;
    private final WebhookSender sender;
    private final Contacts contacts;
    private final Conversations conversations;
    private final CallLog log = new CallLog();
    private final Faults faults = new Faults();
    private final Pending pending = new Pending();
    private final ExecutorService jobs = Executors.newSingleThreadExecutor(Threads.daemons("sandbox-job"));
    private final ApiServer server;

    private SandboxChatwoot(Builder builder) {
        settings = builder.settings();
        account = new Account(settings);
        builder.tokens.forEach((token, role) -> {
            Agent agent = account.addAgent(
                    "Leadroutes " + role.text(), "leadroutes." + role.text() + "@harborpine.example", role, false);
            account.agentsByToken.put(token, agent);
        });
        apiToken = builder.tokens.keySet().iterator().next();
        sender = new WebhookSender(settings, pending);
        Events events = new Events(account, sender);
        contacts = new Contacts(account, events);
        conversations = new Conversations(account, events, contacts);
        ApiShapes shapes = new ApiShapes(account);
        PeopleApi people = new PeopleApi(account, shapes);
        Router router = new Router();
        new ConversationApi(account, conversations, shapes).register(router);
        new ContactApi(account, contacts, shapes).register(router);
        people.register(router);
        new CatalogApi(account, conversations, contacts).register(router);
        new BatchApi(account, conversations, jobs, pending).register(router);
        server = new ApiServer(account, router, people::profile, log, faults);
    }

    /** With the defaults of {@link Builder}. */
    public static SandboxChatwoot start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What one sandbox is like; each default is named at its method. */
    public static final class Builder {
        private int port;
        private long accountId = 7;
        private final Map<String, Role> tokens = new LinkedHashMap<>();
        private Dialect dialect = Dialect.ACTUAL;
        private Clock clock = Clock.systemUTC();
        private int rateLimitPerMinute;
        private boolean autoCreate;
        private boolean mergeSupported;
        private boolean noise = true;
        private Duration webhookTimeout = Duration.ofSeconds(5);
        private int deliveryWorkers = 1;

        private Builder() {}

        /** Default 0: any free port. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** Default 7. */
        public Builder accountId(long value) {
            accountId = value;
            return this;
        }

        /** A token and the role of its user, who is one of the account's agents. The first is {@link #apiToken()}. */
        public Builder token(String token, Role role) {
            tokens.put(token, role);
            return this;
        }

        /** Default {@link Dialect#ACTUAL}. */
        public Builder dialect(Dialect value) {
            dialect = value;
            return this;
        }

        /** Gives every time stamp and the minute of the rate limit; default the system's, UTC. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /** Calls per clock minute, then 429 (CONTRACT section 3.1); default 0, without limit. */
        public Builder rateLimitPerMinute(int value) {
            rateLimitPerMinute = value;
            return this;
        }

        /** A conversation or contact that a path names comes into being instead of 404; default off. */
        public Builder autoCreate() {
            autoCreate = true;
            return this;
        }

        /** As servers after 4.16.2: {@code merge} and removal by key of custom attributes (CONTRACT section 3.6). */
        public Builder mergeSupported() {
            mergeSupported = true;
            return this;
        }

        /**
         * Leaves out the webhooks that only accompany messages and creations: contact_updated(last_activity_at),
         * conversation_updated(waiting_since, first_reply_created_at), message_updated(delivered) and the
         * conversation_updated right after creation (CONTRACT sections 2.2 and 2.4).
         */
        public Builder withoutNoise() {
            noise = false;
            return this;
        }

        /** For the connection and the answer of one delivery; default 5 s. */
        public Builder webhookTimeout(Duration value) {
            webhookTimeout = value;
            return this;
        }

        /** Deliveries in flight; default 1, in order. Chatwoot itself keeps no order (CONTRACT section 1.1). */
        public Builder deliveryWorkers(int value) {
            deliveryWorkers = value;
            return this;
        }

        private Settings settings() {
            return new Settings(
                    port,
                    accountId,
                    dialect,
                    clock,
                    rateLimitPerMinute,
                    autoCreate,
                    mergeSupported,
                    noise,
                    webhookTimeout,
                    deliveryWorkers);
        }

        /** Listens when it returns; throws UncheckedIOException when the port is taken. */
        public SandboxChatwoot start() {
            if (tokens.isEmpty()) {
                tokens.put("sandbox-token", Role.ADMINISTRATOR);
            }
            return new SandboxChatwoot(this);
        }
    }

    /** Without a path: {@code http://127.0.0.1:port}. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    public int port() {
        return server.port();
    }

    public long accountId() {
        return account.id();
    }

    /** The first token given, by default {@code sandbox-token} of an administrator. */
    public String apiToken() {
        return apiToken;
    }

    /** The id of the user whose token this is, the sender of what is posted with it. */
    public long userId(String token) {
        return locked(() -> account.agentsByToken.get(token).id);
    }

    /** From now on the token is answered as one that nobody knows; {@link #restoreToken} undoes it. */
    public void revokeToken(String token) {
        change(() -> account.revokedTokens.add(token));
    }

    public void restoreToken(String token) {
        change(() -> account.revokedTokens.remove(token));
    }

    // State to start from. None of it sends a webhook.

    /** An empty e-mail address is none; returns the contact's id. */
    public long addContact(String name, String email) {
        return locked(() -> account.addContact(account.nextContactId(), name, email.isEmpty() ? null : email).id);
    }

    /** An open conversation without messages in the web chat; returns its display id. */
    public long addConversation(long contactId) {
        return locked(() -> addConversation(contactId, account.nextConversationId()));
    }

    /** The same with a display id of choice. */
    public long addConversation(long contactId, long displayId) {
        return addConversation(contactId, displayId, locked(account::firstInbox).id());
    }

    /** The same in an inbox of choice. */
    public long addConversation(long contactId, long displayId, long inboxId) {
        return locked(() -> {
            Inbox inbox = Account.row(account.inboxes, inboxId);
            return account.addConversation(displayId, account.contactInbox(account.contact(contactId), inbox, null))
                    .displayId;
        });
    }

    /** Channel such as {@code Channel::Api}; returns the inbox's id. */
    public long addInbox(String name, String channel) {
        return locked(() -> {
            Inbox inbox = new Inbox(Account.nextId(account.inboxes, 31), name, channel);
            account.inboxes.put(inbox.id(), inbox);
            return inbox.id();
        });
    }

    /** With the agents given as members; returns the team's id. */
    public long addTeam(String name, long... memberIds) {
        return locked(() -> {
            Team team = account.addTeam(name);
            for (long memberId : memberIds) {
                team.memberIds.add(Account.row(account.agents, memberId).id);
            }
            return team.id;
        });
    }

    /** Returns the agent's id. */
    public long addAgent(String name, String email, boolean online) {
        return locked(() -> account.addAgent(name, email, Role.AGENT, online).id);
    }

    /** A label of the account, not of a conversation; returns its id. */
    public long addLabel(String title) {
        return locked(() -> account.addLabel(title).id);
    }

    /** For the default events, with a generated secret, without one in the reference's dialect. */
    public WebhookView addWebhook(URI url) {
        return addWebhook(url, account.newSecret(), CatalogApi.DEFAULT_SUBSCRIPTIONS);
    }

    /** With a secret of choice; an empty one leaves deliveries unsigned. */
    public WebhookView addWebhook(URI url, String secret) {
        return addWebhook(url, secret.isEmpty() ? null : secret, CatalogApi.DEFAULT_SUBSCRIPTIONS);
    }

    private WebhookView addWebhook(URI url, String secretOrNull, List<String> subscriptions) {
        return locked(() -> {
            Hook hook = account.addHook(url.toString(), secretOrNull, subscriptions);
            return WebhookView.of(hook);
        });
    }

    // What customers and agents do. The webhooks that follow are queued when the method returns.

    /** A new contact, told of with contact_created; returns its id. Fields as in the API (CONTRACT section 3.7). */
    public long contactAppears(Map<String, Object> fields) {
        return locked(() -> contacts.create(Json.asReceived(fields)).id);
    }

    /** Fields as in the API; contact_updated follows if anything changed. */
    public void updateContact(long contactId, Map<String, Object> fields) {
        change(() -> contacts.update(account.contact(contactId), Json.asReceived(fields)));
    }

    /** An agent merges a contact into another one, which stays. */
    public void agentMergesContacts(long baseId, long mergeeId) {
        change(() -> contacts.merge(account.contact(baseId), account.contact(mergeeId)));
    }

    /** A new conversation with its first message; returns the display id. */
    public long customerStartsConversation(long contactId, long inboxId, String text) {
        return locked(() -> {
            Contact contact = account.contact(contactId);
            Inbox inbox = Account.row(account.inboxes, inboxId);
            Conversation conversation = conversations.open(account.contactInbox(contact, inbox, null));
            conversations.announce(conversation);
            conversations.receive(conversations.draft(conversation, MessageType.INCOMING, text), contact);
            return conversation.displayId;
        });
    }

    /** Returns the message's id. */
    public long customerWrites(long conversationId, String text) {
        return locked(() -> {
            Conversation conversation = account.conversation(conversationId);
            Message message = conversations.draft(conversation, MessageType.INCOMING, text);
            conversations.receive(message, conversation.contact());
            return message.id;
        });
    }

    /** A message without text and with one file, such as {@code image} or {@code audio}; returns the message's id. */
    public long customerSendsAttachment(long conversationId, String fileType) {
        return locked(() -> {
            Conversation conversation = account.conversation(conversationId);
            Message message = conversations.draft(conversation, MessageType.INCOMING, null);
            message.attachments = List.of(Json.object(
                    "id",
                    account.nextAttachmentId(),
                    "message_id",
                    message.id,
                    "file_type",
                    fileType,
                    "account_id",
                    account.id(),
                    "extension",
                    null,
                    "content_type",
                    fileType + "/x-sandbox",
                    "data_url",
                    baseUrl() + "/rails/active_storage/blobs/redirect/sandbox/" + message.id,
                    "thumb_url",
                    "",
                    "file_size",
                    184220,
                    "width",
                    null,
                    "height",
                    null));
            conversations.receive(message, conversation.contact());
            return message.id;
        });
    }

    /** A public answer of the first agent; returns the message's id. */
    public long agentReplies(long conversationId, String text) {
        return agentWrites(conversationId, text, false);
    }

    /** Returns the message's id. */
    public long agentWritesPrivateNote(long conversationId, String text) {
        return agentWrites(conversationId, text, true);
    }

    private long agentWrites(long conversationId, String text, boolean isPrivate) {
        return locked(() -> {
            Message message = conversations.draft(account.conversation(conversationId), MessageType.OUTGOING, text);
            message.isPrivate = isPrivate;
            conversations.send(message, firstAgent());
            return message.id;
        });
    }

    /** Replaces all labels. */
    public void agentSetsLabels(long conversationId, String... labels) {
        change(() -> conversations.setLabels(account.conversation(conversationId), Attributes.labels(List.of(labels))));
    }

    /** Replaces all custom attributes. */
    public void agentSetsCustomAttributes(long conversationId, Map<String, Object> attributes) {
        change(() ->
                conversations.setCustomAttributes(account.conversation(conversationId), Json.asReceived(attributes)));
    }

    /** low, medium, high, urgent, or {@code none} to clear. */
    public void agentSetsPriority(long conversationId, String priority) {
        change(() -> conversations.setPriority(
                account.conversation(conversationId), priority.equals("none") ? null : priority));
    }

    public void agentAssignsTeam(long conversationId, long teamId) {
        change(() ->
                conversations.assignTeam(account.conversation(conversationId), Account.row(account.teams, teamId)));
    }

    public void agentAssignsAgent(long conversationId, long agentId) {
        change(() ->
                conversations.assignAgent(account.conversation(conversationId), Account.row(account.agents, agentId)));
    }

    public void agentResolves(long conversationId) {
        agentSetsStatus(conversationId, "resolved");
    }

    /** open, resolved, pending or snoozed. */
    public void agentSetsStatus(long conversationId, String status) {
        change(() -> conversations.setStatus(account.conversation(conversationId), status, null, firstAgent()));
    }

    private Agent firstAgent() {
        return account.agents.values().iterator().next();
    }

    // Webhook deliveries.

    /** All deliveries since the start or the last {@link #clearDeliveries()}, in the order queued. */
    public List<Delivery> deliveries() {
        return sender.deliveries();
    }

    public List<Delivery> deliveries(Predicate<Delivery> wanted) {
        return deliveries().stream().filter(wanted).toList();
    }

    public void clearDeliveries() {
        sender.clear();
    }

    /** Sends it once more: same delivery id and body, new time stamp and signature (CONTRACT section 1, future retries). */
    public void redeliver(Delivery delivery) {
        sender.repeat(delivery, delivery.deliveryId());
    }

    /** Sends the same body under another delivery id, as a re-run dispatcher job does (CONTRACT section 1.1). */
    public void deliverTwin(Delivery delivery) {
        sender.repeat(delivery, UUID.randomUUID().toString());
    }

    /** From now on deliveries are queued and not sent; {@link #quiesce} does not wait for them. */
    public void holdDeliveries() {
        sender.hold();
    }

    /** Sends what was held, in order, and ends the holding. */
    public void releaseDeliveries() {
        releaseDeliveries(UnaryOperator.identity());
    }

    /** The same in the order given back: reversed, shuffled, some left out for good, some repeated. */
    public void releaseDeliveries(UnaryOperator<List<Delivery>> order) {
        sender.release(order);
    }

    /**
     * Returns when every queued delivery has been attempted and every macro and bulk job is done; throws
     * IllegalStateException when that takes longer than {@code atMost}.
     */
    public void quiesce(Duration atMost) {
        pending.await(atMost);
    }

    /** True if no delivery is queued or under way, and no macro or bulk job. */
    public boolean isQuiet() {
        return pending.isNone();
    }

    // API calls and faults.

    /** All calls since the start or the last {@link #clearCalls()}, in order of arrival, refused and failed ones too. */
    public List<Call> calls() {
        return log.calls();
    }

    public List<Call> calls(Predicate<Call> wanted) {
        return calls().stream().filter(wanted).toList();
    }

    public void clearCalls() {
        log.clear();
    }

    /** The next {@code times} calls that fit get the fault; faults asked for earlier come first. */
    public FaultRule failNext(int times, Fault fault, Predicate<Call> applies) {
        return faults.add(times, fault, applies);
    }

    /** Every call that fits gets the fault, until the rule is closed. */
    public FaultRule failWhile(Predicate<Call> applies, Fault fault) {
        return faults.addWhile(applies, fault);
    }

    /** Ends all faults and releases all hanging calls. */
    public void clearFaults() {
        faults.clear();
    }

    // State to look at.

    public ConversationView conversation(long id) {
        return locked(() -> ConversationView.of(Account.row(account.conversations, id)));
    }

    public List<ConversationView> conversations() {
        return locked(() -> account.conversations.values().stream()
                .map(ConversationView::of)
                .toList());
    }

    public ContactView contact(long id) {
        return locked(() -> ContactView.of(Account.row(account.contacts, id)));
    }

    /** Titles of the account's labels, in order of creation. */
    public List<String> accountLabels() {
        return locked(
                () -> account.labels.values().stream().map(label -> label.title).toList());
    }

    /** Names of the teams, in order of creation. */
    public List<String> teams() {
        return locked(
                () -> account.teams.values().stream().map(team -> team.name).toList());
    }

    public List<WebhookView> webhooks() {
        return locked(() -> account.hooks.values().stream().map(WebhookView::of).toList());
    }

    /** Who was told of mentions in private notes (CONTRACT section 3.4). */
    public List<Notification> notifications() {
        return locked(() -> List.copyOf(account.notifications));
    }

    private void change(Runnable action) {
        locked(() -> {
            action.run();
            return true;
        });
    }

    private <T> T locked(Supplier<T> action) {
        synchronized (account) {
            try {
                return action.get();
            } catch (Refusal refusal) {
                throw new IllegalArgumentException(
                        "sandbox: the API would answer this with " + refusal.getMessage() + " "
                                + refusal.answer().body(),
                        refusal);
            }
        }
    }

    /** Stops listening and delivering; what hangs is released. May run twice. */
    @Override
    public void close() {
        server.close();
        sender.close();
        jobs.shutdownNow();
    }
}
