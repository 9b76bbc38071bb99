package io.leadroutes.store;

import io.leadroutes.conversation.Lead;
import io.leadroutes.conversation.Wish;

/** Wishes as the outbox holds them: the record as JSON, its type given by kind and destination. */
final class WishCodec {
    private WishCodec() {}

    static String payload(Wish wish) {
        return wish instanceof Wish.Publish publish ? Json.write(publish.lead()) : Json.write(wish);
    }

    /** What stands in the payload of each wish that {@link Wish#includes} this one. */
    static String part(Wish wish) {
        return wish instanceof Wish.ChangeLabels labels && labels.addsOnly()
                ? Json.write(labels.add().get(0))
                : payload(wish);
    }

    /** @throws IllegalStateException if the kind is not one that this release writes */
    static Wish read(String kind, String destination, String payload) {
        if (kind.startsWith(Wish.Forward.KIND)) {
            return Json.read(payload, Wish.Forward.class);
        }
        if (!destination.equals(Wish.CHATWOOT)) {
            return new Wish.Publish(destination, kind, Json.read(payload, Lead.class));
        }
        int colon = kind.indexOf(':');
        return switch (colon < 0 ? kind : kind.substring(0, colon)) {
            case "labels" -> Json.read(payload, Wish.ChangeLabels.class);
            case "attributes" -> Json.read(payload, Wish.ChangeAttributes.class);
            case "priority" -> Json.read(payload, Wish.SetPriority.class);
            case "team" -> Json.read(payload, Wish.AssignTeam.class);
            case "agent" -> Json.read(payload, Wish.AssignAgent.class);
            case "status" -> Json.read(payload, Wish.SetStatus.class);
            case "note" -> Json.read(payload, Wish.Note.class);
            case "message" -> Json.read(payload, Wish.Message.class);
            case "contact-labels" -> Json.read(payload, Wish.ChangeContactLabels.class);
            case "call" -> Json.read(payload, Wish.Call.class);
            default ->
                throw new IllegalStateException("outbox kind is \"" + kind + "\", which this release does not know");
        };
    }
}
