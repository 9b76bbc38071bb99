package io.leadroutes.sandbox;

import java.util.List;

/** An answer other than 2xx, with the body that Chatwoot gives (CONTRACT section 3.1). Expected, so without a stack. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    private Refusal(int status, Object body) {
        super("HTTP " + status, null, false, false);
        this.answer = Answer.json(status, body);
    }

    Answer answer() {
        return answer;
    }

    static Refusal badRequest() {
        return new Refusal(400, Json.object("status", 400, "error", "Bad Request"));
    }

    static Refusal noToken() {
        return new Refusal(401, Json.object("errors", List.of("You need to sign in or sign up before continuing.")));
    }

    static Refusal badToken() {
        return new Refusal(401, Json.object("error", "Invalid Access Token"));
    }

    static Refusal unauthorized(int status, String text) {
        return new Refusal(status, Json.object("error", text));
    }

    static Refusal notFound() {
        return new Refusal(404, Json.object("error", "Resource could not be found"));
    }

    static Refusal noRoute() {
        return new Refusal(404, Json.object("status", 404, "error", "Not Found"));
    }

    /** A failed validation of the named attributes. */
    static Refusal invalid(String message, String... attributes) {
        return new Refusal(422, Json.object("message", message, "attributes", List.of(attributes)));
    }

    static Refusal unprocessable(String text) {
        return new Refusal(422, Json.object("error", text));
    }

    static Refusal serverError() {
        return new Refusal(500, Json.object("status", 500, "error", "Internal Server Error"));
    }
}
