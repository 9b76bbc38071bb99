package io.leadroutes.intake;

import java.util.Optional;

/**
 * What is looked at of a webhook's HTTP request; nothing else of it enters the process.
 *
 * @param method such as {@code POST}
 * @param contentType header {@code Content-Type}
 * @param contentEncoding header {@code Content-Encoding}
 * @param body the raw bytes, not to be changed afterwards
 * @param signature header {@code X-Chatwoot-Signature}
 * @param timestamp header {@code X-Chatwoot-Timestamp}
 * @param deliveryId header {@code X-Chatwoot-Delivery}
 * @param token query parameter {@code secret}
 */
// The bytes belong to the one exchange that made them; a copy of up to 1 MiB for each request would protect nobody.
@SuppressWarnings("ArrayRecordComponent")
public record WebhookRequest(
        String method,
        Optional<String> contentType,
        Optional<String> contentEncoding,
        byte[] body,
        Optional<String> signature,
        Optional<String> timestamp,
        Optional<String> deliveryId,
        Optional<String> token) {

    /** Without body, token and signature, so that it may be logged. */
    @Override
    public String toString() {
        return "WebhookRequest[" + body.length + " bytes]";
    }
}
