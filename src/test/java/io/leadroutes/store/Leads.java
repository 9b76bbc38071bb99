package io.leadroutes.store;

import io.leadroutes.conversation.Lead;
import java.time.Instant;

/** Leads for tests. */
public final class Leads {
    private Leads() {}

    public static Lead of(long conversation) {
        return new Lead(
                Store.ACCOUNT,
                9021L,
                conversation,
                "Jonas Feld",
                "jonas@example.org",
                "+4790012345",
                "Nordlys",
                "51-200",
                "boats",
                "50000.0",
                75,
                "qualified",
                "qualified,hot-lead",
                "Channel::WebWidget",
                "https://chat/app/accounts/7/conversations/" + conversation,
                "Hello",
                Instant.parse("2026-09-01T10:00:00Z"),
                Instant.parse("2026-09-01T10:00:01Z"),
                null,
                null);
    }
}
