package io.leadroutes.cli;

import io.leadroutes.cli.Present.Kind;
import io.leadroutes.cli.Present.Thing;
import io.leadroutes.cli.SetupAction.Add;
import io.leadroutes.cli.SetupAction.AddMacro;
import io.leadroutes.cli.SetupAction.AddMembers;
import io.leadroutes.cli.SetupAction.AddSubscriptions;
import io.leadroutes.cli.SetupAction.AddWebhook;
import io.leadroutes.cli.SetupAction.SaveSecret;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is to be done so that an account has what is needed. What exists under its name is taken over as it is: never made
 * again, renamed, recoloured or otherwise fought over (invariant 6). Pure.
 *
 * @param actions in the order in which they are to be done
 * @param notes what is different and left so
 * @param problems what is needed and cannot be done
 */
record SetupPlan(List<SetupAction> actions, List<String> notes, List<String> problems) {
    /**
     * What the operator asks for beside the rules.
     *
     * @param webhookUrl absent: webhooks are left alone
     * @param secretFile where the webhook's secret is to be
     * @param savedSecret what is there now
     * @param members addresses of agents, by team
     */
    record Wanted(
            Optional<String> webhookUrl,
            Path secretFile,
            Optional<String> savedSecret,
            Map<String, List<String>> members) {

        /** Only what the rules need. */
        static Wanted nothing() {
            return new Wanted(Optional.empty(), Path.of(""), Optional.empty(), Map.of());
        }

        /** Without address and secret. */
        @Override
        public String toString() {
            return "Wanted";
        }
    }

    static SetupPlan of(SetupNeeds needs, Wanted wanted, Present present) {
        SetupPlan plan = new SetupPlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        plan.addMissing(needs.labels(), present);
        plan.addMissing(needs.attributes(), present);
        plan.tellOtherTypes(needs, present);
        plan.addMissing(needs.teams(), present);
        plan.addMembers(needs, wanted, present);
        plan.addMacros(needs, present);
        wanted.webhookUrl().ifPresent(url -> plan.addWebhook(url, wanted, present));
        return plan;
    }

    private void addMissing(List<? extends Add> needed, Present present) {
        needed.stream()
                .filter(thing -> present.find(thing.kind(), thing.name()).isEmpty())
                .forEach(actions::add);
    }

    private void tellOtherTypes(SetupNeeds needs, Present present) {
        needs.attributes().forEach(needed -> present.find(Kind.ATTRIBUTE, needed.key())
                .map(found -> found.look().get("type"))
                .filter(type -> !type.equals(needed.type()))
                .ifPresent(type -> notes.add("attribute " + needed.key() + " is of type " + Lines.plain(type)
                        + " where we would make a " + needed.type() + "; it is left so")));
    }

    private void addMembers(SetupNeeds needs, Wanted wanted, Present present) {
        wanted.members().forEach((team, emails) -> {
            Optional<Thing> found = present.team(team);
            boolean isNeeded = needs.teams().stream()
                    .anyMatch(needed -> folded(needed.name()).equals(folded(team)));
            if (found.isEmpty() && !isNeeded) {
                problems.add("there is no team " + team + ", neither in the account nor in the rules");
                return;
            }
            List<Long> there = found.map(thing -> present.members().getOrDefault(thing.id(), List.of()))
                    .orElse(List.of());
            List<String> missing = new ArrayList<>();
            for (String email : emails) {
                Optional<Thing> agent = present.find(Kind.AGENT, email);
                if (agent.isEmpty()) {
                    problems.add("no agent of the account has the address " + email);
                } else if (!there.contains(agent.get().id())) {
                    missing.add(email);
                }
            }
            if (!missing.isEmpty()) {
                actions.add(new AddMembers(team, missing));
            }
        });
    }

    private void addMacros(SetupNeeds needs, Present present) {
        needs.teamIds().stream()
                .filter(id -> present.team(id).isEmpty())
                .forEach(id -> problems.add("there is no team " + id + ", which the rules name by its id"));
        for (AddMacro needed : needs.macros()) {
            Optional<Thing> found = present.find(Kind.MACRO, needed.name());
            boolean isPossible = needed.team()
                    .filter(team -> Present.isId(team) && present.team(team).isEmpty())
                    .isEmpty();
            if (found.isEmpty() && isPossible) {
                actions.add(needed);
            } else if (found.isPresent() && isOther(needed, found.get(), present)) {
                notes.add("macro " + needed.name() + " does something else than the rules say; it is left so."
                        + " Delete it in Chatwoot and run setup again to have it anew");
            }
        }
    }

    private static boolean isOther(AddMacro needed, Thing found, Present present) {
        boolean isTeamMissing =
                needed.team().filter(team -> present.team(team).isEmpty()).isPresent();
        return isTeamMissing || !Present.macroLook(needed.actions(present)).equals(found.look());
    }

    private void addWebhook(String url, Wanted wanted, Present present) {
        Optional<Thing> found = present.find(Kind.WEBHOOK, url);
        if (found.isEmpty()) {
            actions.add(new AddWebhook(url, SetupNeeds.EVENTS));
            actions.add(new SaveSecret(url, wanted.secretFile()));
            return;
        }
        List<String> missing = SetupNeeds.EVENTS.stream()
                .filter(event -> !found.get().subscriptions().contains(event))
                .toList();
        if (!missing.isEmpty()) {
            actions.add(new AddSubscriptions(found.get(), missing));
        }
        if (found.get().secret().isPresent()
                && !found.get().secret().equals(wanted.savedSecret().map(String::strip))) {
            actions.add(new SaveSecret(url, wanted.secretFile()));
        }
        if (found.get().secret().isEmpty() && !hasToken(url)) {
            notes.add("the webhook has no secret, " + withoutSecret(url));
        }
    }

    /** The events that a webhook is to have in the end: those that others wanted stay. */
    static List<String> union(Thing webhook, List<String> events) {
        return Stream.concat(webhook.subscriptions().stream(), events.stream())
                .distinct()
                .toList();
    }

    /** What there is to do where the server, an older one, tells no secret (CONTRACT section 1). */
    static String withoutSecret(String url) {
        return hasToken(url)
                ? "because this server does not sign; set CHATWOOT_WEBHOOK_TOKEN to the token in its address"
                : "because this server does not sign; run setup again with ?secret=TOKEN at the end of the address, and"
                        + " set CHATWOOT_WEBHOOK_TOKEN";
    }

    private static boolean hasToken(String url) {
        return url.contains("?secret=") || url.contains("&secret=");
    }

    private static String folded(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }
}
