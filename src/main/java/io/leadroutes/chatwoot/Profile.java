package io.leadroutes.chatwoot;

import java.util.Optional;

/**
 * The user whose token is ours.
 *
 * @param id of the sender of what we post
 * @param role in our account: agent, administrator or the name of a custom role; absent if the user is not of our account
 */
public record Profile(long id, String name, Optional<String> email, Optional<String> role) {

    /** True for the role that webhooks, labels, definitions and teams are written with (CONTRACT section 3.1). */
    public boolean isAdministrator() {
        return role.filter("administrator"::equals).isPresent();
    }
}
