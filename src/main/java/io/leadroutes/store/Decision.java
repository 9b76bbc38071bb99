package io.leadroutes.store;

import io.leadroutes.conversation.Conversation;
import java.util.Optional;

/**
 * What was decided on a conversation and is to be stored.
 *
 * @param trace the W3C traceparent in which it was decided, if that was traced
 */
record Decision(Conversation conversation, Optional<String> trace) {}
