package io.leadroutes.cli;

import io.leadroutes.chatwoot.ApiRequest;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.cli.Present.Kind;
import io.leadroutes.cli.Present.Thing;
import io.leadroutes.cli.SetupRecord.Made;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Takes back what setup made and nobody has changed since (invariant 6). */
final class SetupRemoval {
    /** What to do about one thing made; decided before anything is done. */
    record Step(Made made, Verdict verdict, String description, Optional<Thing> thing) {}

    enum Verdict {
        REMOVE,
        /** Somebody changed it, so it is theirs now. */
        LEAVE,
        /** It is not there any more. */
        FORGET
    }

    private final SetupAccount account;
    private final SetupRecord record;
    private final Path secretFile;
    private final PrintWriter out;

    SetupRemoval(SetupAccount account, SetupRecord record, Path secretFile, PrintWriter out) {
        this.account = account;
        this.record = record;
        this.secretFile = secretFile;
        this.out = out;
    }

    /** Last made first. Pure. */
    static List<Step> plan(List<Made> all, Present present) {
        List<Step> steps = new ArrayList<>();
        for (Made made : all) {
            steps.add(step(made, all, present));
        }
        Collections.reverse(steps);
        return steps;
    }

    private static Step step(Made made, List<Made> all, Present present) {
        return switch (made.kind()) {
            case SetupRecord.MEMBERS -> members(made, present);
            case SetupRecord.SUBSCRIPTIONS -> subscriptions(made, present);
            default -> thing(made, all, present);
        };
    }

    private static Step thing(Made made, List<Made> all, Present present) {
        Kind kind = kind(made);
        String name =
                made.kind() + " " + (kind == Kind.WEBHOOK ? Lines.address(made.name()) : Lines.plain(made.name()));
        Optional<Thing> found = present.find(kind, made.id());
        if (found.isEmpty()) {
            return new Step(made, Verdict.FORGET, name + ": not there any more", found);
        }
        if (!found.get().name().equals(made.name())) {
            String now = kind == Kind.WEBHOOK
                    ? Lines.address(found.get().name())
                    : Lines.plain(found.get().name());
            return new Step(made, Verdict.LEAVE, name + ": is left, because it is called " + now + " now", found);
        }
        if (!found.get().look().equals(made.look())) {
            return new Step(made, Verdict.LEAVE, name + ": is left, because somebody changed it", found);
        }
        if (kind == Kind.TEAM && hasOthers(made, all, present)) {
            return new Step(
                    made, Verdict.LEAVE, name + ": is left, because it has members that setup did not add", found);
        }
        return new Step(made, Verdict.REMOVE, name, found);
    }

    private static boolean hasOthers(Made team, List<Made> all, Present present) {
        List<String> ours = all.stream()
                .filter(made -> made.kind().equals(SetupRecord.MEMBERS) && made.id() == team.id())
                .flatMap(made -> made.added().stream())
                .toList();
        return present.members().getOrDefault(team.id(), List.of()).stream()
                .anyMatch(agent -> !ours.contains(Long.toString(agent)));
    }

    private static Step members(Made made, Present present) {
        String name = "members that setup added to team " + Lines.plain(made.name());
        Optional<Thing> team = present.find(Kind.TEAM, made.id());
        boolean isThere = present.members().getOrDefault(made.id(), List.of()).stream()
                .anyMatch(agent -> made.added().contains(Long.toString(agent)));
        return team.isPresent() && isThere
                ? new Step(made, Verdict.REMOVE, name, team)
                : new Step(made, Verdict.FORGET, name + ": not there any more", team);
    }

    private static Step subscriptions(Made made, Present present) {
        String name = "events " + String.join(", ", made.added()) + " of webhook " + Lines.address(made.name());
        Optional<Thing> webhook = present.find(Kind.WEBHOOK, made.id());
        List<String> now = webhook.map(Thing::subscriptions).orElse(List.of());
        if (now.stream().noneMatch(made.added()::contains)) {
            return new Step(made, Verdict.FORGET, name + ": not there any more", webhook);
        }
        return made.added().containsAll(now)
                ? new Step(made, Verdict.LEAVE, name + ": are left, because it has no others", webhook)
                : new Step(made, Verdict.REMOVE, name, webhook);
    }

    private static Kind kind(Made made) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.word().equals(made.kind()))
                .findFirst()
                .orElseThrow();
    }

    /** Returns whether all went well; what is left because it was changed counts as well. */
    boolean carryOut(List<Step> steps, Present present) throws InterruptedException {
        int failed = 0;
        for (Step step : steps) {
            try {
                carryOut(step, present);
            } catch (ChatwootException e) {
                failed++;
                out.printf(
                        "failed  %s: Chatwoot answers %s%n",
                        step.description, Refusal.of(e).text());
            } catch (IOException e) {
                failed++;
                out.printf("failed  %s: %s%n", step.description, Lines.plain(String.valueOf(e.getMessage())));
            }
            out.flush();
        }
        return failed == 0;
    }

    private void carryOut(Step step, Present present) throws ChatwootException, IOException, InterruptedException {
        switch (step.verdict) {
            case LEAVE -> out.printf("left    %s%n", step.description);
            case FORGET -> {
                record.drop(step.made);
                out.printf("gone    %s%n", step.description);
            }
            case REMOVE -> {
                remove(step, present);
                record.drop(step.made);
                out.printf("removed %s%n", step.description);
            }
        }
    }

    private void remove(Step step, Present present) throws ChatwootException, IOException, InterruptedException {
        try {
            account.send(request(step, present));
        } catch (ChatwootException.Rejected e) {
            if (Refusal.of(e).status() != 404) {
                throw e;
            }
            // A repeated removal, or somebody was quicker.
        }
        Optional<String> secret = step.thing.flatMap(Thing::secret);
        if (step.made.kind().equals(Kind.WEBHOOK.word())
                && secret.isPresent()
                && PrivateFile.read(secretFile).map(String::strip).equals(secret)) {
            Files.delete(secretFile);
        }
    }

    private ApiRequest request(Step step, Present present) {
        Requests requests = account.requests();
        Made made = step.made;
        if (made.kind().equals(SetupRecord.MEMBERS)) {
            return requests.setTeamMembers(
                    made.id(),
                    present.members().get(made.id()).stream()
                            .filter(agent -> !made.added().contains(Long.toString(agent)))
                            .toList());
        }
        if (made.kind().equals(SetupRecord.SUBSCRIPTIONS)) {
            List<String> rest = step.thing.orElseThrow().subscriptions().stream()
                    .filter(event -> !made.added().contains(event))
                    .toList();
            return requests.updateWebhook(made.id(), Optional.empty(), rest);
        }
        return switch (kind(made)) {
            case LABEL -> requests.deleteAccountLabel(made.id());
            case ATTRIBUTE -> requests.deleteAttributeDefinition(made.id());
            case TEAM -> requests.deleteTeam(made.id());
            case MACRO -> requests.deleteMacro(made.id());
            case WEBHOOK -> requests.deleteWebhook(made.id());
            case AGENT -> throw new IllegalStateException("setup makes no agents");
        };
    }
}
