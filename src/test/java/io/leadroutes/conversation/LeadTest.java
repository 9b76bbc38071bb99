package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LeadTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private static Lead lead(int score, String name, String company) {
        return new Lead(
                123,
                5L,
                7,
                name,
                null,
                null,
                company,
                null,
                null,
                null,
                score,
                "qualified",
                "",
                "",
                "",
                null,
                null,
                NOW,
                null,
                null);
    }

    @Test
    void whatARouteKnowsBetterStandsInPlaceOfWhatTheConversationShows() {
        Optional<String> none = Optional.empty();
        LeadFacts facts = new LeadFacts(
                OptionalLong.of(6), none, Optional.of("a@b.example"), none, Optional.of("New"), none, none, none);

        assertThat(lead(70, "Ada", "Old").with(facts))
                .returns(6L, Lead::contactId)
                .returns("Ada", Lead::name)
                .returns("a@b.example", Lead::email)
                .returns("New", Lead::company)
                .returns(70, Lead::score);
    }

    @Test
    void whoseLeadItWasBeforeAMergeIsNotForgottenWhileItWaits() {
        Lead merged = lead(70, "Ada", null).over(lead(70, "Ada", null));
        assertThat(merged.formerContactId()).isNull();

        Lead first = lead(70, "Ada", null);
        Lead moved = new Lead(
                123,
                5L,
                7,
                "Ada",
                null,
                null,
                null,
                null,
                null,
                null,
                70,
                "qualified",
                "",
                "",
                "",
                null,
                null,
                NOW,
                null,
                4L);
        assertThat(first.over(moved).formerContactId()).isEqualTo(4L);
        assertThat(moved.over(first).formerContactId()).isEqualTo(4L);
    }

    @Test
    void aNewerLeadThatWaitsKeepsWhatOnlyTheOlderOneSays() {
        Wish older = new Wish.Publish("direct:crm-sync", "lead", lead(70, "Ada", "Harbor Pine"));
        Wish newer = new Wish.Publish("direct:crm-sync", "lead", lead(90, "Ada L.", null));

        assertThat(((Wish.Publish) newer.over(older)).lead()).isEqualTo(lead(90, "Ada L.", "Harbor Pine"));
    }
}
