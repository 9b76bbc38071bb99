package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Action;
import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Conversation;
import io.leadroutes.sandbox.Rows.Macro;
import io.leadroutes.sandbox.Rows.Message;
import io.leadroutes.sandbox.Rows.MessageType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /bulk_actions} and {@code /macros}: both answer at once and work later, beside the API; unknown conversations
 * are skipped and failures are silent (notes on reliability, section 5).
 */
final class BatchApi {
    private static final Logger LOG = LoggerFactory.getLogger(BatchApi.class);
    private static final Set<String> ACTIONS = Set.of(
            "add_label",
            "remove_label",
            "assign_team",
            "remove_assigned_team",
            "assign_agent",
            "change_status",
            "resolve_conversation",
            "snooze_conversation",
            "change_priority",
            "add_private_note",
            "send_message");

    private final Account account;
    private final Conversations conversations;
    private final ExecutorService jobs;
    private final Pending pending;

    BatchApi(Account account, Conversations conversations, ExecutorService jobs, Pending pending) {
        this.account = account;
        this.conversations = conversations;
        this.jobs = jobs;
        this.pending = pending;
    }

    void register(Router router) {
        router.on("POST", "/bulk_actions", this::bulk)
                .on("GET", "/macros", this::list)
                .on("POST", "/macros", this::create)
                .on("GET", "/macros/#", request -> answer(Account.row(account.macros, request.id())))
                .on("DELETE", "/macros/#", this::delete)
                .on("POST", "/macros/#/execute", this::execute);
    }

    private Answer bulk(Request request) {
        if (!"Conversation".equals(request.param("type"))) {
            return Answer.json(422, Json.object("success", false));
        }
        Map<String, Object> body = request.body();
        inBackground(ids(request.param("ids")), conversation -> apply(body, conversation, request.caller()));
        return Answer.empty(200);
    }

    private void apply(Map<String, Object> body, Conversation conversation, Agent by) {
        Map<String, Object> labels = object(body.get("labels"));
        conversations.setLabels(
                conversation, Attributes.minus(conversation.labels, Attributes.labels(labels.get("remove"))));
        conversations.setLabels(
                conversation, Attributes.plus(conversation.labels, Attributes.labels(labels.get("add"))));
        Map<String, Object> fields = object(body.get("fields"));
        if (fields.get("team_id") instanceof Number teamId) {
            conversations.assignTeam(conversation, account.teams.get(teamId.longValue()));
        }
        if (fields.get("assignee_id") instanceof Number agentId) {
            conversations.assignAgent(conversation, account.agents.get(agentId.longValue()));
        }
        if (fields.get("status") instanceof String status) {
            Instant until =
                    body.get("snoozed_until") instanceof Number at ? Instant.ofEpochSecond(at.longValue()) : null;
            conversations.setStatus(conversation, status, until, by);
        }
    }

    private Answer list(Request request) {
        return Answer.ok(Json.object(
                "payload",
                account.macros.values().stream()
                        .filter(macro -> macro.visibility().equals("global") || macro.createdBy() == request.caller())
                        .map(this::shape)
                        .toList()));
    }

    /** Only an administrator's macro can be global; an agent's becomes personal. */
    private Answer create(Request request) {
        List<Action> actions = new ArrayList<>();
        for (Object given : request.param("actions") instanceof List<?> list ? list : List.of()) {
            Map<String, Object> action = object(given);
            String name = Objects.toString(action.get("action_name"), "");
            if (!ACTIONS.contains(name)) {
                throw Refusal.invalid("Actions Macro execution actions " + name + " not supported.", "actions");
            }
            actions.add(new Action(
                    name,
                    action.get("action_params") instanceof List<?> params
                            ? new ArrayList<>(params)
                            : new ArrayList<>()));
        }
        boolean isGlobal = "global".equals(request.param("visibility")) && request.caller().role == Role.ADMINISTRATOR;
        Macro macro = new Macro(
                Account.nextId(account.macros, 91),
                (String) request.param("name"),
                isGlobal ? "global" : "personal",
                request.caller(),
                actions);
        account.macros.put(macro.id(), macro);
        return answer(macro);
    }

    private Answer delete(Request request) {
        account.macros.remove(Account.row(account.macros, request.id()).id());
        return Answer.empty(200);
    }

    private Answer answer(Macro macro) {
        return Answer.ok(Json.object("payload", shape(macro)));
    }

    private Map<String, Object> shape(Macro macro) {
        return Json.object(
                "id", macro.id(),
                "name", macro.name(),
                "visibility", macro.visibility(),
                "created_by", Json.object("id", macro.createdBy().id, "name", macro.createdBy().name),
                "account_id", account.id(),
                "actions",
                        macro.actions().stream()
                                .map(action ->
                                        Json.object("action_name", action.name(), "action_params", action.params()))
                                .toList());
    }

    private Answer execute(Request request) {
        Macro macro = Account.row(account.macros, request.id());
        Agent by = request.caller();
        inBackground(ids(request.param("conversation_ids")), conversation -> macro.actions()
                .forEach(action -> attempt(conversation, c -> perform(action, c, by))));
        return Answer.empty(200);
    }

    private void perform(Action action, Conversation conversation, Agent by) {
        String first = action.params().isEmpty()
                ? "nil"
                : String.valueOf(action.params().get(0));
        boolean isNil = first.equals("nil") || first.equals("null");
        switch (action.name()) {
            case "add_label" ->
                conversations.setLabels(
                        conversation, Attributes.plus(conversation.labels, Attributes.labels(action.params())));
            case "remove_label" ->
                conversations.setLabels(
                        conversation, Attributes.minus(conversation.labels, Attributes.labels(action.params())));
            case "assign_team" ->
                conversations.assignTeam(
                        conversation, isNil ? null : Account.row(account.teams, Long.parseLong(first)));
            case "remove_assigned_team" -> conversations.assignTeam(conversation, null);
            case "assign_agent" -> conversations.assignAgent(conversation, agent(first, isNil, by));
            case "change_status" -> conversations.setStatus(conversation, first, null, by);
            case "resolve_conversation" -> conversations.setStatus(conversation, "resolved", null, by);
            case "snooze_conversation" -> conversations.setStatus(conversation, "snoozed", null, by);
            case "change_priority" -> conversations.setPriority(conversation, isNil ? null : first);
            case "add_private_note" -> write(conversation, first, true, by);
            case "send_message" -> write(conversation, first, false, by);
            default -> throw new IllegalStateException("sandbox: macro action " + action.name() + " is not known");
        }
    }

    private Agent agent(String id, boolean isNil, Agent by) {
        if (isNil) {
            return null;
        }
        return id.equals("self") ? by : Account.row(account.agents, Long.parseLong(id));
    }

    private void write(Conversation conversation, String text, boolean isPrivate, Agent by) {
        Message message = conversations.draft(conversation, MessageType.OUTGOING, text);
        message.isPrivate = isPrivate;
        conversations.send(message, by);
    }

    private void inBackground(List<Long> ids, Consumer<Conversation> work) {
        pending.run(jobs, () -> {
            for (Long id : ids) {
                synchronized (account) {
                    attempt(account.conversations.get(id), work);
                }
            }
        });
    }

    private static void attempt(Conversation conversation, Consumer<Conversation> work) {
        if (conversation == null) {
            return;
        }
        try {
            work.accept(conversation);
        } catch (RuntimeException e) {
            // Chatwoot swallows it as well: the caller only ever sees that the job was queued.
            LOG.debug("sandbox: action on conversation {} failed", conversation.displayId, e);
        }
    }

    private static List<Long> ids(Object given) {
        return given instanceof List<?> list
                ? list.stream().map(id -> Long.parseLong(id.toString())).toList()
                : List.of();
    }

    private static Map<String, Object> object(Object value) {
        return value instanceof Map<?, ?> map ? Json.asObject(map) : Map.of();
    }
}
