package io.leadroutes.chatwoot;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Header;
import org.apache.camel.ProducerTemplate;

/**
 * What the read routes do before and after the call: a request from the caller's headers, and a typed answer from
 * Chatwoot's. The routes hold the flow.
 *
 * <p>Methods that take headers throw IllegalArgumentException naming the header, before anything is sent (see
 * {@link Inputs}). Methods that take an answer throw {@link ChatwootException.Unavailable} for one that makes no sense
 * (see {@link Answers}).
 */
public final class Reads {
    /** The route that fetches one page for {@link #conversations}. */
    private static final String PAGE_ROUTE = "direct:chatwoot-list-conversations-page";

    private static final String LABELS = "labels";
    private static final String STATUS = "status";
    private static final String PAGE = "page";
    private static final String CONVERSATION_ID = "conversationId";
    private static final String CONTACT_ID = "contactId";

    private final Requests requests;
    private final long accountId;

    public Reads(Requests requests, long accountId) {
        this.requests = requests;
        this.accountId = accountId;
    }

    // Conversations.

    public ApiRequest listLabels(@Header(CONVERSATION_ID) Object conversationId) {
        return requests.listLabels(Inputs.id(CONVERSATION_ID, conversationId));
    }

    public List<String> labels(ApiAnswer answer) throws ChatwootException {
        return Answers.labels(answer);
    }

    public ApiRequest showConversation(@Header(CONVERSATION_ID) Object conversationId) {
        return requests.showConversation(Inputs.id(CONVERSATION_ID, conversationId));
    }

    public ConversationSummary conversation(ApiAnswer answer) throws ChatwootException {
        return Answers.conversation(answer);
    }

    /**
     * All conversations that have any of the labels, oldest first; nothing is fetched before it is asked for. A page that
     * fails throws CamelExecutionException with the {@link ChatwootException} as its cause and ends the stream.
     *
     * @param labels missing for all conversations
     * @param status missing for open ones, {@code all} for every one (CONTRACT section 3.3)
     */
    public Iterator<ConversationSummary> conversations(
            @Header(LABELS) Object labels, @Header(STATUS) Object status, CamelContext camel) {
        Map<String, Object> filter = Map.of(LABELS, labelsOrNone(labels), STATUS, statusOrOpen(status));
        ProducerTemplate template = camel.createProducerTemplate();
        return new ConversationPages(page -> page(template, filter, page), template::stop);
    }

    @SuppressWarnings("unchecked")
    private static List<ConversationSummary> page(ProducerTemplate template, Map<String, Object> filter, long page) {
        Map<String, Object> headers = new HashMap<>(filter);
        headers.put(PAGE, page);
        return (List<ConversationSummary>) template.requestBodyAndHeaders(PAGE_ROUTE, null, headers, List.class);
    }

    /** @param page from 1, which is also what is meant when it is missing */
    public ApiRequest listConversations(
            @Header(LABELS) Object labels, @Header(STATUS) Object status, @Header(PAGE) Object page) {
        return requests.listConversations(
                labelsOrNone(labels),
                statusOrOpen(status),
                Inputs.optionalId(PAGE, page).orElse(1));
    }

    private static List<String> labelsOrNone(Object labels) {
        boolean isNone = labels == null || labels instanceof List<?> list && list.isEmpty();
        return isNone ? List.of() : Inputs.storedLabels(LABELS, labels);
    }

    private static String statusOrOpen(Object status) {
        return status == null ? "open" : Inputs.anyStatus(STATUS, status);
    }

    public List<ConversationSummary> conversationsOfPage(ApiAnswer answer) throws ChatwootException {
        return Answers.conversations(answer);
    }

    /** With neither: the newest 20. */
    public ApiRequest listMessages(
            @Header(CONVERSATION_ID) Object conversationId,
            @Header("before") Object before,
            @Header("after") Object after) {
        return requests.listMessages(
                Inputs.id(CONVERSATION_ID, conversationId),
                Inputs.optionalId("before", before),
                Inputs.optionalId("after", after));
    }

    /** Oldest first. */
    public List<ChatwootMessage> messages(ApiAnswer answer) throws ChatwootException {
        return Answers.messages(answer);
    }

    // Contacts.

    public ApiRequest showContact(@Header(CONTACT_ID) Object contactId) {
        return requests.showContact(Inputs.id(CONTACT_ID, contactId));
    }

    public ContactDetails contact(ApiAnswer answer) throws ChatwootException {
        return Answers.contact(answer);
    }

    public ApiRequest listContactLabels(@Header(CONTACT_ID) Object contactId) {
        return requests.listContactLabels(Inputs.id(CONTACT_ID, contactId));
    }

    // What an account has.

    /** @param model conversation or contact, or its code; missing for both */
    public ApiRequest listAttributeDefinitions(@Header("model") Object model) {
        return requests.listAttributeDefinitions(Optional.ofNullable(model).map(given -> Inputs.model("model", given)));
    }

    public List<AttributeDefinition> attributeDefinitions(ApiAnswer answer) throws ChatwootException {
        return Answers.attributeDefinitions(answer);
    }

    public ApiRequest listAccountLabels() {
        return requests.listAccountLabels();
    }

    public List<AccountLabel> accountLabels(ApiAnswer answer) throws ChatwootException {
        return Answers.accountLabels(answer);
    }

    public ApiRequest listAgents() {
        return requests.listAgents();
    }

    public List<Agent> agents(ApiAnswer answer) throws ChatwootException {
        return Answers.agents(answer);
    }

    public ApiRequest listTeams() {
        return requests.listTeams();
    }

    public List<Team> teams(ApiAnswer answer) throws ChatwootException {
        return Answers.teams(answer);
    }

    public ApiRequest listTeamMembers(@Header("teamId") Object teamId) {
        return requests.listTeamMembers(Inputs.id("teamId", teamId));
    }

    public ApiRequest listWebhooks() {
        return requests.listWebhooks();
    }

    public List<Webhook> webhooks(ApiAnswer answer) throws ChatwootException {
        return Answers.webhooks(answer);
    }

    public ApiRequest listMacros() {
        return requests.listMacros();
    }

    public List<Macro> macros(ApiAnswer answer) throws ChatwootException {
        return Answers.macros(answer);
    }

    public ApiRequest showProfile() {
        return requests.profile();
    }

    public Profile profile(ApiAnswer answer) throws ChatwootException {
        return Answers.profile(answer, accountId);
    }
}
