package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.chatwoot.ApiAnswer;
import io.leadroutes.chatwoot.ApiRequest;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.cli.Present.Kind;
import io.leadroutes.cli.Present.Thing;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The account as setup reads it. */
final class SetupAccount {
    private final ChatwootSession session;
    private final Requests requests;
    private final long accountId;

    SetupAccount(ChatwootSession session, long accountId) {
        this.session = session;
        this.requests = new Requests(accountId);
        this.accountId = accountId;
    }

    Requests requests() {
        return requests;
    }

    ApiAnswer send(ApiRequest request) throws ChatwootException, IOException, InterruptedException {
        return session.send(request);
    }

    /**
     * What the account has of these kinds. Asks for webhooks first whatever the kinds, because only administrators get
     * them (CONTRACT section 3.1).
     *
     * @throws RefusedException if the token may not do what setup does
     */
    Present read(Collection<Kind> kinds) throws ChatwootException, IOException, InterruptedException {
        return look(Present.NOTHING.with(Kind.WEBHOOK, webhooks()), kinds);
    }

    /** What the account has of these kinds, as far as this token's user may see it. */
    Present look(Collection<Kind> kinds) throws ChatwootException, IOException, InterruptedException {
        return look(Present.NOTHING, kinds);
    }

    private Present look(Present known, Collection<Kind> kinds)
            throws ChatwootException, IOException, InterruptedException {
        Present present = known;
        for (Kind kind : kinds) {
            if (kind != Kind.WEBHOOK) {
                present = present.with(kind, session.send(list(kind)).body());
            }
        }
        return present;
    }

    /** The same with the members of these teams, where they are there. */
    Present withMembers(Present present, Collection<String> teams)
            throws ChatwootException, IOException, InterruptedException {
        Present all = present;
        for (String name : teams) {
            Optional<Thing> team = present.team(name);
            if (team.isPresent()) {
                all = all.withMembers(team.get().id(), members(team.get().id()));
            }
        }
        return all;
    }

    List<Long> members(long team) throws ChatwootException, IOException, InterruptedException {
        return Present.things(
                        Kind.AGENT, session.send(requests.listTeamMembers(team)).body())
                .stream()
                .map(Thing::id)
                .toList();
    }

    Optional<Thing> find(Kind kind, String name) throws ChatwootException, IOException, InterruptedException {
        return Present.NOTHING.with(kind, session.send(list(kind)).body()).find(kind, name);
    }

    private ApiRequest list(Kind kind) {
        return switch (kind) {
            case LABEL -> requests.listAccountLabels();
            case ATTRIBUTE -> requests.listAttributeDefinitions(Optional.of("conversation"));
            case TEAM -> requests.listTeams();
            case MACRO -> requests.listMacros();
            case WEBHOOK -> requests.listWebhooks();
            case AGENT -> requests.listAgents();
        };
    }

    private JsonNode webhooks() throws ChatwootException, IOException, InterruptedException {
        try {
            return session.send(requests.listWebhooks()).body();
        } catch (ChatwootException e) {
            if (Refusal.of(e).isOfToken()) {
                throw new RefusedException(why(e));
            }
            throw e;
        }
    }

    /** A refusal alone does not tell a bad token from one of an agent (CONTRACT section 3.1); the user's own page does. */
    private String why(ChatwootException refused) throws IOException, InterruptedException {
        JsonNode user;
        try {
            user = session.send(requests.profile()).body();
        } catch (ChatwootException e) {
            return Refusal.of(e).isOfToken()
                    ? "Chatwoot does not know the token in chatwoot.api-token (CHATWOOT_API_TOKEN); expected the access"
                            + " token of an administrator, from Profile settings, Access token"
                    : "Chatwoot refuses the token: " + Refusal.of(refused).text();
        }
        for (JsonNode account : user.path("accounts")) {
            if (account.path("id").asLong() == accountId) {
                String role = account.path("role").asText("");
                return role.equals("administrator")
                        ? "Chatwoot does not let an administrator's token do this: "
                                + Refusal.of(refused).text()
                        : "setup needs an administrator's token, and this one is of a user with the role "
                                + Lines.plain(role) + " in account " + accountId
                                + "; set chatwoot.api-token (CHATWOOT_API_TOKEN) to an administrator's";
            }
        }
        return "the user of the token in chatwoot.api-token (CHATWOOT_API_TOKEN) does not belong to account "
                + accountId
                + "; expected an administrator of the account that chatwoot.account-id (CHATWOOT_ACCOUNT_ID) names";
    }

    /** Nothing can be set up with this token; the message is for the operator. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }
}
