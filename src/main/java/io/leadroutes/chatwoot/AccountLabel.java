package io.leadroutes.chatwoot;

import java.util.Optional;

/**
 * A label that the account defines (CONTRACT section 3.10).
 *
 * @param title lower-case
 * @param color such as {@code #1f93ff}
 */
public record AccountLabel(
        long id, String title, Optional<String> description, Optional<String> color, boolean isOnSidebar) {}
