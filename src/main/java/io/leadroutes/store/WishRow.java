package io.leadroutes.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.leadroutes.conversation.Reason;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wished;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A row of the outbox as it stands; what it wants may be unreadable. */
record WishRow(
        long id,
        long accountId,
        long conversationId,
        String kind,
        String destination,
        String payload,
        int attempts,
        Instant createdAt,
        String reasons,
        int urgency,
        List<String> traces) {
    private static final TypeReference<List<Reason>> REASONS = new TypeReference<>() {};

    static WishRow of(ResultSet rs) throws SQLException {
        return new WishRow(
                rs.getLong("id"),
                rs.getLong("account_id"),
                rs.getLong("conversation_id"),
                rs.getString("kind"),
                rs.getString("destination"),
                rs.getString("payload"),
                rs.getInt("attempts"),
                rs.getTimestamp("created_at").toInstant(),
                rs.getString("reasons"),
                rs.getInt("urgency"),
                traces(rs.getString("traces")));
    }

    private static List<String> traces(String column) {
        return column == null ? List.of() : List.of(column.split(","));
    }

    /** @throws IllegalStateException if this release cannot read it */
    Wished wished() {
        return new Wished(
                WishCodec.read(kind, destination, payload), Urgency.values()[urgency], Json.read(reasons, REASONS));
    }

    Delivery delivery() {
        Wished wished = wished();
        return new Delivery(
                id,
                accountId,
                conversationId,
                wished.wish(),
                attempts,
                createdAt,
                wished.reasons().stream().mapToLong(Reason::messageId).max().orElse(0),
                wished.urgency(),
                List.of(),
                Optional.empty(),
                traces);
    }

    boolean isUntried() {
        return attempts == 0 && conversationId != 0;
    }

    String conversation() {
        return conversation(accountId, conversationId, destination);
    }

    /** Tells apart whose wishes go one after the other: those of a conversation to one destination. */
    static String conversation(long accountId, long conversationId, String destination) {
        return accountId + ":" + conversationId + ":" + destination;
    }
}
