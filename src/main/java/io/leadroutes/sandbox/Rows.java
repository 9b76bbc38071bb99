package io.leadroutes.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows that the stand-in keeps; mutable, touched only under the {@link Account}'s lock. Null is SQL's null. */
final class Rows {
    private Rows() {}

    record Inbox(long id, String name, String channel) {
        boolean isApi() {
            return channel.equals("Channel::Api");
        }
    }

    record ContactInbox(long id, Contact contact, Inbox inbox, String sourceId, Instant createdAt) {}

    static final class Contact {
        final long id;
        final Instant createdAt;
        String name;
        String email;
        String phoneNumber;
        String identifier;
        boolean blocked;
        Instant updatedAt;
        Instant lastActivityAt;
        List<String> labels = List.of();
        Map<String, Object> customAttributes = new LinkedHashMap<>();
        Map<String, Object> additionalAttributes = new LinkedHashMap<>();

        Contact(long id, String name, Instant createdAt) {
            this.id = id;
            this.name = name;
            this.createdAt = createdAt;
            this.updatedAt = createdAt;
        }
    }

    static final class Agent {
        final long id;
        final String name;
        final String email;
        final Role role;
        boolean online;

        Agent(long id, String name, String email, Role role, boolean online) {
            this.id = id;
            this.name = name;
            this.email = email;
            this.role = role;
            this.online = online;
        }
    }

    static final class Team {
        final long id;
        final Instant createdAt;
        String name;
        String description;
        boolean allowAutoAssign = true;
        Instant updatedAt;
        final Set<Long> memberIds = new LinkedHashSet<>();

        Team(long id, String name, Instant createdAt) {
            this.id = id;
            this.name = name;
            this.createdAt = createdAt;
            this.updatedAt = createdAt;
        }
    }

    static final class Conversation {
        final long displayId;
        final Instant createdAt;
        ContactInbox contactInbox;
        final List<Message> messages = new ArrayList<>();
        String status = "open";
        String priority;
        Agent assignee;
        Team team;
        List<String> labels = List.of();
        String cachedLabelList;
        Map<String, Object> customAttributes = new LinkedHashMap<>();
        Map<String, Object> additionalAttributes = new LinkedHashMap<>();
        Instant snoozedUntil;
        Instant firstReplyCreatedAt;
        Instant waitingSince;
        Instant agentLastSeenAt;
        Instant lastActivityAt;
        Instant statusChangedAt;
        Instant updatedAt;
        int unreadCount;

        Conversation(long displayId, ContactInbox contactInbox, Instant createdAt) {
            this.displayId = displayId;
            this.contactInbox = contactInbox;
            this.createdAt = createdAt;
            this.waitingSince = createdAt;
            this.lastActivityAt = createdAt;
            this.statusChangedAt = createdAt;
            this.updatedAt = createdAt;
        }

        Contact contact() {
            return contactInbox.contact();
        }

        Inbox inbox() {
            return contactInbox.inbox();
        }
    }

    /** {@code type} is Chatwoot's word; a sender is a contact, an agent or nobody. */
    static final class Message {
        final long id;
        final Conversation conversation;
        final MessageType type;
        final Instant createdAt;
        String content;
        boolean isPrivate;
        String contentType = "text";
        Map<String, Object> contentAttributes = new LinkedHashMap<>();
        List<Map<String, Object>> attachments = List.of();
        String sourceId;
        String status = "sent";
        Contact contact;
        Agent agent;
        Instant updatedAt;

        Message(long id, Conversation conversation, MessageType type, String content, Instant createdAt) {
            this.id = id;
            this.conversation = conversation;
            this.type = type;
            this.content = content;
            this.createdAt = createdAt;
            this.updatedAt = createdAt;
        }
    }

    enum MessageType {
        INCOMING("incoming", 0),
        OUTGOING("outgoing", 1),
        TEMPLATE("template", 3);

        final String text;
        final int number;

        MessageType(String text, int number) {
            this.text = text;
            this.number = number;
        }
    }

    static final class Label {
        final long id;
        String title;
        String description;
        String color = "#1f93ff";
        boolean showOnSidebar;

        Label(long id, String title) {
            this.id = id;
            this.title = title;
        }
    }

    static final class Definition {
        final long id;
        final Instant createdAt;
        String displayName;
        String description;
        String key;
        int displayType;
        int model;
        List<Object> values = List.of();
        String regexPattern;
        String regexCue;
        Instant updatedAt;

        Definition(long id, Instant createdAt) {
            this.id = id;
            this.createdAt = createdAt;
            this.updatedAt = createdAt;
        }
    }

    static final class Hook {
        final long id;
        /** Null: deliveries leave unsigned. */
        final String secret;

        String name;
        String url;
        List<String> subscriptions;

        Hook(long id, String url, String secret, List<String> subscriptions) {
            this.id = id;
            this.url = url;
            this.secret = secret;
            this.subscriptions = subscriptions;
        }
    }

    /** One action of a macro: Chatwoot's action name and its parameters. */
    record Action(String name, List<Object> params) {}

    record Macro(long id, String name, String visibility, Agent createdBy, List<Action> actions) {}
}
