package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Team;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code /agents}, {@code /teams} and their members, the own profile (CONTRACT sections 3.8 and 3.11). */
final class PeopleApi {
    private final Account account;
    private final ApiShapes shapes;

    PeopleApi(Account account, ApiShapes shapes) {
        this.account = account;
        this.shapes = shapes;
    }

    void register(Router router) {
        router.on("GET", "/agents", request -> Answer.ok(agents(account.agents.keySet())))
                .on("GET", "/teams", this::list)
                .on("POST", "/teams", this::create)
                .on("GET", "/teams/#", request -> answer(team(request), request))
                .on("PATCH", "/teams/#", this::update)
                .on("PUT", "/teams/#", this::update)
                .on("DELETE", "/teams/#", this::delete)
                .on("GET", "/teams/#/team_members", request -> Answer.ok(agents(team(request).memberIds)))
                .on("POST", "/teams/#/team_members", this::addMembers)
                .on("PATCH", "/teams/#/team_members", this::setMembers)
                .on("DELETE", "/teams/#/team_members", this::removeMembers);
    }

    /** {@code GET /api/v1/profile}: the token's user, by whose id own messages are known (CONTRACT section 2.4). */
    Answer profile(Request request) {
        Agent agent = request.caller();
        return Answer.ok(Json.object(
                "id", agent.id,
                "account_id", account.id(),
                "name", agent.name,
                "available_name", agent.name,
                "email", agent.email,
                "role", agent.role.text(),
                "accounts", List.of(Json.object("id", account.id(), "name", Account.NAME, "role", agent.role.text()))));
    }

    private Team team(Request request) {
        return Account.row(account.teams, request.id());
    }

    private List<Map<String, Object>> agents(Iterable<Long> ids) {
        List<Map<String, Object>> agents = new ArrayList<>();
        for (Long id : ids) {
            agents.add(shapes.agent(account.agents.get(id)));
        }
        return agents;
    }

    private Answer answer(Team team, Request request) {
        return Answer.ok(shapes.team(team, account.isMember(team, request.caller())));
    }

    private Answer list(Request request) {
        return Answer.ok(account.teams.values().stream()
                .map(team -> shapes.team(team, account.isMember(team, request.caller())))
                .toList());
    }

    private Answer create(Request request) {
        request.requireAdministrator(account.settings);
        Map<String, Object> fields = request.resource("team");
        refuseBadName(null, fields.get("name"));
        Team team = account.addTeam((String) fields.get("name"));
        apply(team, fields);
        return answer(team, request);
    }

    private Answer update(Request request) {
        request.requireAdministrator(account.settings);
        Team team = team(request);
        Map<String, Object> fields = request.resource("team");
        if (fields.containsKey("name")) {
            refuseBadName(team, fields.get("name"));
            team.name = stored((String) fields.get("name"));
        }
        apply(team, fields);
        team.updatedAt = account.now();
        return answer(team, request);
    }

    private static void apply(Team team, Map<String, Object> fields) {
        if (fields.containsKey("description")) {
            team.description = (String) fields.get("description");
        }
        if (fields.get("allow_auto_assign") instanceof Boolean allowed) {
            team.allowAutoAssign = allowed;
        }
    }

    private String stored(String name) {
        return account.settings.isReference() ? name : name.strip().toLowerCase(Locale.ROOT);
    }

    private void refuseBadName(Team self, Object given) {
        if (!(given instanceof String name) || name.isBlank()) {
            throw Refusal.invalid("Name must not be blank", "name");
        }
        boolean isTaken = account.teams.values().stream()
                .anyMatch(other -> other != self && other.name.equalsIgnoreCase(name.strip()));
        if (isTaken) {
            throw Refusal.invalid("Name has already been taken", "name");
        }
    }

    private Answer delete(Request request) {
        request.requireAdministrator(account.settings);
        Team team = team(request);
        account.teams.remove(team.id);
        account.conversations.values().stream()
                .filter(conversation -> conversation.team == team)
                .forEach(conversation -> conversation.team = null);
        return Answer.empty(200);
    }

    private Answer addMembers(Request request) {
        Team team = team(request);
        List<Long> added = userIds(request);
        added.removeAll(team.memberIds);
        team.memberIds.addAll(added);
        return Answer.ok(agents(added));
    }

    private Answer setMembers(Request request) {
        Team team = team(request);
        team.memberIds.clear();
        team.memberIds.addAll(userIds(request));
        return Answer.ok(agents(team.memberIds));
    }

    private Answer removeMembers(Request request) {
        Team team = team(request);
        userIds(request).forEach(team.memberIds::remove);
        return Answer.empty(200);
    }

    /** JSON integers of known users; missing is 500, one unknown is 401 (CONTRACT section 3.11). */
    private List<Long> userIds(Request request) {
        request.requireAdministrator(account.settings);
        if (!(request.param("user_ids") instanceof List<?> given)) {
            throw Refusal.serverError();
        }
        List<Long> ids = new ArrayList<>();
        for (Object id : given) {
            if (!(id instanceof Integer number) || !account.agents.containsKey(number.longValue())) {
                throw Refusal.unauthorized(401, "Invalid User IDs");
            }
            ids.add(number.longValue());
        }
        return ids;
    }
}
