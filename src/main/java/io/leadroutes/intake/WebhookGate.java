package io.leadroutes.intake;

import io.leadroutes.event.BadEventException;
import io.leadroutes.event.Decoded;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.intake.Admission.Accepted;
import io.leadroutes.intake.Admission.Refused;
import io.leadroutes.intake.WebhookVerifier.Verdict;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Decides whether a webhook request may come in. A pure function of the request and the time; the body is parsed only
 * once it is known to be genuine.
 */
public final class WebhookGate {
    /** The largest body, in bytes: 1 MiB. Chatwoot's own limit for a text is 150,000 characters (CONTRACT 2.3). */
    public static final int MAX_BODY_BYTES = 1_048_576;

    private static final Pattern JSON = Pattern.compile(
            "application/json\\s*+(;\\s*+(charset=(utf-8|\"utf-8\"))?\\s*+)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern DELIVERY_ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    private final WebhookVerifier verifier;
    private final EventDecoder decoder;
    private final long servedAccount;

    /** @param servedAccount {@code chatwoot.account-id}, also that of events that name none */
    public WebhookGate(WebhookVerifier verifier, EventDecoder decoder, long servedAccount) {
        this.verifier = verifier;
        this.decoder = decoder;
        this.servedAccount = servedAccount;
    }

    public Admission admit(WebhookRequest request) {
        if (!request.method().equals("POST")) {
            return new Refused(405, "method not allowed");
        }
        if (!isJson(request.contentType()) || !isPlain(request.contentEncoding())) {
            return new Refused(415, "unsupported media type");
        }
        if (request.body().length > MAX_BODY_BYTES) {
            return new Refused(413, "payload too large");
        }
        Verdict verdict = verifier.verify(request.body(), request.signature(), request.timestamp(), request.token());
        return switch (verdict) {
            case GENUINE -> decoded(request);
            case NOT_GENUINE -> new Refused(401, "unauthorized");
            case STALE -> new Refused(401, "unauthorized", "rightly signed, but not now: look at the clocks");
        };
    }

    private Admission decoded(WebhookRequest request) {
        Decoded decoded;
        try {
            decoded = decoder.decode(request.body());
        } catch (BadEventException bad) {
            return new Refused(400, bad.getMessage());
        }
        OptionalLong account = decoded.event().accountId();
        if (account.isPresent() && account.getAsLong() != servedAccount) {
            return new Refused(403, "another account");
        }
        if (decoded.storedPayload().length() > MAX_BODY_BYTES) {
            // Redacting thousands of short values can lengthen a body beyond what the inbox's column holds.
            return new Refused(413, "payload too large");
        }
        return new Accepted(
                decoded.event(),
                decoded.storedPayload(),
                request.deliveryId().filter(id -> DELIVERY_ID.matcher(id).matches()),
                decoded.meaningKey());
    }

    private static boolean isJson(Optional<String> contentType) {
        return contentType.filter(type -> JSON.matcher(type.strip()).matches()).isPresent();
    }

    private static boolean isPlain(Optional<String> contentEncoding) {
        return contentEncoding
                .map(String::strip)
                .filter(encoding -> !encoding.isEmpty() && !encoding.equalsIgnoreCase("identity"))
                .isEmpty();
    }
}
