package io.leadroutes.chatwoot;

import java.util.Optional;

/**
 * A user of the account.
 *
 * @param role agent or administrator, or the name of a custom role
 * @param availability online, busy or offline
 */
public record Agent(
        long id, String name, Optional<String> email, Optional<String> role, Optional<String> availability) {}
