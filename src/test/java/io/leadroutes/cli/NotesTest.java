package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.Notification;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Private notes as agents get them: templates, mentions, handoffs. */
class NotesTest {
    private static final String RULES = """
            scores: [{id: demo, any: [demo], points: 50}]
            qualify:
              at: 50
              team: sales
              note: |
                **Lead qualified**: {mention-team} and {mention-agent: mara quill}, also {mention-agent: Nobody Here}
                - Name: {name}
            handoff: {note: "**Handoff** from {from} to {team}"}
            """;

    private static final long MARA = 12;
    private static final long SALES = 2;
    private static final long SENIOR_SUPPORT = 5;

    @TempDir
    Path folder;

    private Product product;
    private SandboxChatwoot sandbox;

    private void start(Map<String, String> settings) throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("rules.file", rules.toString());
        all.put("chatwoot.rate-limit", "3000");
        product = Product.connected(SandboxChatwoot.builder(), all);
        sandbox = product.sandbox();
    }

    @AfterEach
    void stop() {
        product.close();
    }

    private String note(long conversation) {
        return sandbox.conversation(conversation).notes().get(0).content();
    }

    private String answer(long conversation, String kind) {
        return product.wish(conversation, kind).path("answer").asText();
    }

    @Test
    @Tag("invariant-11")
    void aNoteNotifiesWhomItMentionsAndSaysWhoIsUnknown() throws IOException {
        start(Map.of());
        long id = product.conversation("Ada Mentioned");

        write(id, "a demo please");

        assertThat(note(id))
                .startsWith("**Lead qualified**: [@sales](mention://team/2/sales) and"
                        + " [@Mara Quill](mention://user/12/Mara%20Quill), also Nobody Here\n- Name: Ada Mentioned");
        assertThat(sandbox.notifications())
                .extracting(Notification::kind, Notification::mentionedId)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("team", SALES),
                        org.assertj.core.groups.Tuple.tuple("user", MARA));
        assertThat(answer(id, "note:qualify"))
                .endsWith("; no mention of \"Nobody Here\": the account's list shows no such agent");
    }

    @Test
    @Tag("invariant-5")
    void theListsAreReadOnceForManyNotes() throws IOException {
        start(Map.of());
        long first = product.conversation("Ben First");
        write(first, "a demo please");
        sandbox.clearCalls();
        long second = product.conversation("Cy Second");

        write(second, "a demo please");

        assertThat(sandbox.conversation(second).notes()).hasSize(1);
        assertThat(sandbox.calls(call -> call.is("GET", "/teams") || call.is("GET", "/agents")))
                .isEmpty();
    }

    @Test
    @Tag("invariant-9")
    void aListThatIsRefusedLeavesPlainNames() throws IOException {
        start(Map.of());
        sandbox.failWhile(call -> call.is("GET", "/agents"), Fault.status(403));
        long id = product.conversation("Di Refused");

        write(id, "a demo please");

        assertThat(note(id)).contains("(mention://team/2/sales)", " and mara quill, also Nobody Here");
        assertThat(product.runtime().records().outbox().dead()).isZero();
    }

    @Test
    @Tag("invariant-2")
    void anOutageOfTheListIsWaitedForAndTheNoteWrittenOnce() throws IOException {
        start(Map.of());
        sandbox.failNext(1, Fault.status(502), call -> call.is("GET", "/agents"));
        long id = product.conversation("Ed Outage");

        write(id, "a demo please");

        assertThat(sandbox.conversation(id).notes()).hasSize(1);
        assertThat(note(id)).contains("(mention://user/12/Mara%20Quill)");
    }

    @Test
    void whoGetsAConversationFromAnotherTeamIsToldFromWhom() throws IOException {
        start(Map.of());
        assumeFalse(Product.IN_REFERENCE_DIALECT, "its webhooks do not name a conversation's team");
        long id = product.conversation("Flo Handed");
        sandbox.agentAssignsTeam(id, SENIOR_SUPPORT);

        write(id, "a demo please");

        assertThat(sandbox.conversation(id).teamName()).contains("sales");
        assertThat(note(id)).endsWith("\n\n**Handoff** from senior support to sales");
        assertThat(sandbox.conversation(id).notes()).hasSize(1);
    }

    @Test
    @Tag("invariant-12")
    @Tag("attack-19")
    void aCustomerWhoseNameIsAMentionNotifiesNobody() throws IOException {
        start(Map.of());
        long contact =
                sandbox.addContact("{mention-agent: 12} [@Mara](mention://user/12/Mara) {{ contact.email }}", "");
        long id = sandbox.addConversation(contact);

        write(id, "a demo please");

        assertThat(sandbox.notifications()).as("those of the template").hasSize(2);
        assertThat(note(id)).contains("mention\\-agent:", "contact.").doesNotContain("](mention://user/12/Mara)");
    }

    @Test
    void theVerbMentionsByNameAndById() throws IOException {
        start(Map.of());
        long id = product.conversation("Gus Verb");

        product.runtime()
                .camel()
                .createProducerTemplate()
                .sendBodyAndHeaders(
                        "direct:chatwoot-private-note",
                        "",
                        Map.of("conversationId", id, "text", "{mention-team: Sales} {mention-agent: 12} see"));
        product.settle();

        assertThat(note(id))
                .isEqualTo("[@sales](mention://team/2/sales) [@Mara Quill](mention://user/12/Mara%20Quill) see");
    }

    @Test
    @Tag("invariant-12")
    void theVerbFillsInValuesAsTheyStand() throws IOException {
        start(Map.of());
        long id = product.conversation("Hal Values");
        String text = "**For {mention-team: sales}**\n- Company: {company}\n- Budget: {budget}";

        product.runtime()
                .camel()
                .createProducerTemplate()
                .sendBodyAndHeaders(
                        "direct:chatwoot-private-note",
                        "",
                        Map.of(
                                "conversationId",
                                id,
                                "text",
                                text,
                                "values",
                                Map.of("company", "*A* {mention-agent: 12}")));
        product.settle();

        assertThat(note(id))
                .startsWith("**For [@sales](mention://team/2/sales)**\n- Company: \\*A\\* {")
                .doesNotContain("Budget", "mention://user");
    }

    private void write(long conversation, String text) {
        sandbox.customerWrites(conversation, text);
        product.settle();
    }
}
