package io.leadroutes.store;

import io.leadroutes.conversation.Lead;
import io.leadroutes.conversation.Wish;

/** Wishes as the outbox holds them: the record as JSON, its type given by kind and destination. */
final class WishCodec {
    private WishCodec() {}

    static String payload(Wish wish) {
        return wish instanceof Wish.Publish publish ? Json.write(publish.lead()) : Json.write(wish);
    }

    /** @throws IllegalStateException if the kind is not one that this release writes */
    static Wish read(String kind, String destination, String payload) {
        if (!destination.equals(Wish.CHATWOOT)) {
            return new Wish.Publish(destination, kind, Json.read(payload, Lead.class));
        }
        if (kind.startsWith("note:")) {
            return Json.read(payload, Wish.Note.class);
        }
        return switch (kind) {
            case "labels" -> Json.read(payload, Wish.AddLabels.class);
            case "attributes" -> Json.read(payload, Wish.SetAttributes.class);
            case "priority" -> Json.read(payload, Wish.SetPriority.class);
            case "team" -> Json.read(payload, Wish.AssignTeam.class);
            default ->
                throw new IllegalStateException("outbox kind is \"" + kind + "\", which this release does not know");
        };
    }
}
