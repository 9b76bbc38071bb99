package io.leadroutes.chatwoot;

import java.util.Optional;

/**
 * A team of the account (CONTRACT section 3.11).
 *
 * @param name lower-case, as the server keeps it; in the original reference as it was given
 * @param isAutoAssigning true, Chatwoot's default, if the answer does not say
 */
public record Team(long id, String name, Optional<String> description, boolean isAutoAssigning) {}
