package io.leadroutes.sandbox;

/** Role of a token's user; provisioning needs an administrator (CONTRACT section 3.1). */
public enum Role {
    AGENT,
    ADMINISTRATOR;

    String text() {
        return this == AGENT ? "agent" : "administrator";
    }
}
