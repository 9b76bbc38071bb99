package io.leadroutes.cli;

import io.leadroutes.chatwoot.ApiAnswer;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.cli.Present.Kind;
import io.leadroutes.cli.Present.Thing;
import io.leadroutes.cli.SetupAction.Add;
import io.leadroutes.cli.SetupAction.AddMembers;
import io.leadroutes.cli.SetupAction.AddSubscriptions;
import io.leadroutes.cli.SetupAction.SaveSecret;
import io.leadroutes.cli.SetupRecord.Made;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** Does what a plan says, a line for each action with its outcome; what fails does not hold up the rest. */
final class SetupRun {
    /** After so many in a row, Chatwoot is taken to be down. */
    private static final int MAX_OUTAGES = 2;

    /** A validation that failed: the name may be taken. */
    private static final int TAKEN = 422;

    private final SetupAccount account;
    private final SetupRecord record;
    private final PrintWriter out;
    private Present present;
    private int done;
    private int failed;
    private int outages;

    SetupRun(SetupAccount account, SetupRecord record, Present present, PrintWriter out) {
        this.account = account;
        this.record = record;
        this.present = present;
        this.out = out;
    }

    /** Returns whether all was done. */
    boolean carryOut(List<SetupAction> actions) throws InterruptedException {
        for (SetupAction action : actions) {
            try {
                String outcome = carryOut(action);
                out.printf("done    %s%s%n", action.description(), outcome);
                done++;
                outages = 0;
            } catch (ChatwootException e) {
                fail(action, "Chatwoot answers " + Refusal.of(e).text());
                outages = e instanceof ChatwootException.Rejected ? 0 : outages + 1;
            } catch (SetupAction.UnmetException | Present.UnknownShapeException e) {
                fail(action, e.getMessage());
            } catch (IOException e) {
                fail(action, Lines.plain(String.valueOf(e.getMessage())));
                outages++;
            }
            out.flush();
            if (outages >= MAX_OUTAGES) {
                break;
            }
        }
        int left = actions.size() - done - failed;
        out.printf("%d done, %d failed%s.%n", done, failed, left == 0 ? "" : ", " + left + " not tried");
        return failed + left == 0;
    }

    private void fail(SetupAction action, String why) {
        out.printf("failed  %s: %s%n", action.description(), why);
        failed++;
    }

    /** Returns what there is to say beside that it is done. */
    private String carryOut(SetupAction action) throws ChatwootException, IOException, InterruptedException {
        if (action instanceof Add add) {
            return add(add);
        }
        if (action instanceof AddMembers members) {
            return addMembers(members);
        }
        if (action instanceof AddSubscriptions subscriptions) {
            return addSubscriptions(subscriptions);
        }
        return saveSecret((SaveSecret) action);
    }

    private String add(Add action) throws ChatwootException, IOException, InterruptedException {
        Thing thing;
        try {
            thing = Present.created(
                    action.kind(),
                    account.send(action.request(account.requests(), present)).body());
        } catch (ChatwootException.Rejected e) {
            Optional<Thing> found = Refusal.of(e).status() == TAKEN ? found(action) : Optional.empty();
            present = present.with(found.orElseThrow(() -> e));
            return ", by somebody else meanwhile";
        } catch (ChatwootException.Unavailable | IOException | Present.UnknownShapeException e) {
            // A request whose answer was lost may have had its effect (CONTRACT section 4).
            Optional<Thing> found = found(action);
            if (found.isEmpty()) {
                throw e;
            }
            thing = found.get();
        }
        present = present.with(thing);
        remember(Made.of(thing));
        return "";
    }

    private void remember(Made made) {
        try {
            record.add(made);
        } catch (IOException e) {
            throw new SetupAction.UnmetException(
                    "it is made, but not recorded, so that --remove will leave it: " + Lines.plain(e.toString()));
        }
    }

    /** Looks the thing up after a failure, which stays one if this fails, too. */
    private Optional<Thing> found(Add action) throws InterruptedException {
        try {
            return account.find(action.kind(), action.name());
        } catch (ChatwootException | IOException | Present.UnknownShapeException e) {
            return Optional.empty();
        }
    }

    private String addMembers(AddMembers action) throws ChatwootException, IOException, InterruptedException {
        Thing team = present.team(action.team())
                .orElseThrow(() -> new SetupAction.UnmetException("there is no team " + action.team()));
        List<Long> agents = action.emails().stream()
                .flatMap(email -> present.find(Kind.AGENT, email).stream())
                .map(Thing::id)
                .toList();
        account.send(account.requests().addTeamMembers(team.id(), agents));
        remember(Made.addition(
                SetupRecord.MEMBERS, team, agents.stream().map(String::valueOf).toList()));
        return "";
    }

    private String addSubscriptions(AddSubscriptions action)
            throws ChatwootException, IOException, InterruptedException {
        Thing before = action.webhook();
        ApiAnswer answer = account.send(account.requests()
                .updateWebhook(before.id(), Optional.empty(), SetupPlan.union(before, action.events())));
        Thing after = Present.created(Kind.WEBHOOK, answer.body());
        Optional<Made> made = record.find(before);
        if (made.isEmpty()) {
            remember(Made.addition(SetupRecord.SUBSCRIPTIONS, before, action.events()));
        } else if (made.get().look().equals(before.look())) {
            remember(Made.of(after));
        }
        return "";
    }

    private String saveSecret(SaveSecret action) throws IOException {
        Thing webhook = present.find(Kind.WEBHOOK, action.url())
                .orElseThrow(() -> new SetupAction.UnmetException("there is no webhook"));
        if (webhook.secret().isEmpty()) {
            return ": there is none, " + SetupPlan.withoutSecret(action.url());
        }
        PrivateFile.write(action.file(), webhook.secret().get());
        return "; CHATWOOT_WEBHOOK_SECRETS=$(cat " + action.file() + ")";
    }
}
