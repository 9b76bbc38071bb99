package io.leadroutes.conversation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A qualified lead as other systems get it; the components are the columns of {@code crm_lead} (design, section 6) and
 * are written as JSON under those names. Texts that are not known are null in JSON, hence nullable here.
 *
 * @param stage qualified, escalated or resolved
 * @param labels comma-separated
 * @param conversationUrl the conversation in Chatwoot's dashboard
 */
public record Lead(
        @JsonProperty("account_id") long accountId,
        @JsonProperty("contact_id") Long contactId,
        @JsonProperty("conversation_id") long conversationId,
        @JsonProperty("name") String name,
        @JsonProperty("email") String email,
        @JsonProperty("phone") String phone,
        @JsonProperty("company") String company,
        @JsonProperty("company_size") String companySize,
        @JsonProperty("industry") String industry,
        @JsonProperty("deal_value") String dealValue,
        @JsonProperty("score") int score,
        @JsonProperty("stage") String stage,
        @JsonProperty("labels") String labels,
        @JsonProperty("channel") String channel,
        @JsonProperty("conversation_url") String conversationUrl,
        @JsonProperty("first_message") String firstMessage,
        @JsonProperty("qualified_at") Instant qualifiedAt,
        @JsonProperty("updated_at") Instant updatedAt,
        @JsonProperty("resolved_at") Instant resolvedAt) {}
