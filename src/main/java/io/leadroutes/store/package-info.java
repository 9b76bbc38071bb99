/** Inbox, conversations, outbox: SQL and transactions. Knows event and conversation. */
package io.leadroutes.store;
