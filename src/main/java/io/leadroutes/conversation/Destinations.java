package io.leadroutes.conversation;

import java.util.List;

/**
 * Where decisions go besides Chatwoot.
 *
 * @param leadQualified Camel endpoints that get a qualified lead and its later changes
 * @param escalated Camel endpoints that get escalations
 * @param dashboardUrl Chatwoot's address, without a slash at its end
 */
public record Destinations(List<String> leadQualified, List<String> escalated, String dashboardUrl) {}
