package io.leadroutes.conversation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A qualified lead as other systems get it; the components are the columns of {@code crm_lead} (design, section 6) and
 * are written as JSON under those names. Texts that are not known are null in JSON, hence nullable here.
 *
 * @param stage qualified, escalated or resolved
 * @param labels comma-separated
 * @param conversationUrl the conversation in Chatwoot's dashboard
 * @param formerContactId not a column: whose lead it was until that contact was merged into this one; null if it was not
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
        @JsonProperty("resolved_at") Instant resolvedAt,
        @JsonProperty("former_contact_id") Long formerContactId) {

    /** The same lead with these facts in place of its own. */
    Lead with(LeadFacts facts) {
        return with(facts, formerContactId);
    }

    private Lead with(LeadFacts facts, Long former) {
        return new Lead(
                accountId,
                facts.contactId().isPresent() ? (Long) facts.contactId().getAsLong() : contactId,
                conversationId,
                facts.name().orElse(name),
                facts.email().orElse(email),
                facts.phone().orElse(phone),
                facts.company().orElse(company),
                facts.companySize().orElse(companySize),
                facts.industry().orElse(industry),
                facts.dealValue().orElse(dealValue),
                score,
                stage,
                labels,
                channel,
                conversationUrl,
                firstMessage,
                qualifiedAt,
                updatedAt,
                resolvedAt,
                former);
    }

    /** This lead, with what it does not know of the customer from an older one: as the CRM keeps it, too. */
    Lead over(Lead older) {
        LeadFacts known = new LeadFacts(
                OptionalLong.empty(),
                known(name, older.name),
                known(email, older.email),
                known(phone, older.phone),
                known(company, older.company),
                known(companySize, older.companySize),
                known(industry, older.industry),
                known(dealValue, older.dealValue));
        return with(known, formerContactId == null ? older.formerContactId : formerContactId);
    }

    private static Optional<String> known(String newer, String older) {
        return Optional.ofNullable(newer).or(() -> Optional.ofNullable(older));
    }
}
