package io.leadroutes.event;

import java.util.Optional;

/**
 * A webhook body, read once.
 *
 * @param event what it says
 * @param storedPayload the body as it came, but for secrets, which are redacted; decoding it again gives the same event and meaning key
 * @param meaningKey equal for two deliveries of the same happening, whatever their delivery ids (CONTRACT section 1.1);
 *     at most 200 characters; absent where the body has nothing to tell twins from repetitions
 * @param problem why the event has no more than its type: to be set aside as a dead letter (invariant 9); names the
 *     field, without text of the body
 */
public record Decoded(Event event, String storedPayload, Optional<String> meaningKey, Optional<String> problem) {}
