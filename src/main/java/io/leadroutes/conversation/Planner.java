package io.leadroutes.conversation;

import io.leadroutes.event.Priority;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The fewest calls that bring a conversation from what is known of it to what is wished. Pure.
 *
 * <p>By strategy {@code direct} a wish is a call of its own, or shares a bulk action with equal wishes of other
 * conversations. By {@code macro} what a rule does is one macro for many conversations, wherever the macro does nothing
 * but what is wished.
 */
public final class Planner {
    /** Every wish by itself. */
    public static final Planner DIRECT = new Planner(List::of, macro -> false, () -> true);

    /** Chatwoot refuses longer texts in custom attributes (CONTRACT section 3.6). */
    private static final int MAX_ATTRIBUTE_CHARS = 1_500;

    private final Supplier<List<RuleMacro>> macros;
    private final Predicate<RuleMacro> isUsable;
    private final BooleanSupplier mayShare;

    /**
     * @param macros those of the current rules; none for strategy {@code direct}
     * @param isUsable false for one that is known to be missing in Chatwoot, or to do something else
     * @param mayShare false while Chatwoot refuses bulk actions
     */
    public Planner(Supplier<List<RuleMacro>> macros, Predicate<RuleMacro> isUsable, BooleanSupplier mayShare) {
        this.macros = macros;
        this.isUsable = isUsable;
        this.mayShare = mayShare;
    }

    /**
     * One call.
     *
     * @param wishes those that it grants; of labels, perhaps a part
     * @param macro the macro that does it; else there is one wish, and a call of its own kind
     * @param after what has to be granted first
     * @param mayBeShared true if a bulk action can grant it together with equal wishes of other conversations
     */
    public record Step(List<Wish> wishes, Optional<RuleMacro> macro, Optional<Wish> after, boolean mayBeShared) {}

    /**
     * A call for one wish. A bulk action adds labels, or assigns a team, in many conversations at once
     * ({@code bulk_actions_controller.rb}, {@code bulk_actions_job.rb}).
     */
    private Step alone(Wish wish) {
        boolean isBulk = wish instanceof Wish.ChangeLabels labels
                        && labels.addsOnly()
                        && !labels.add().isEmpty()
                || wish instanceof Wish.AssignTeam;
        return new Step(List.of(wish), Optional.empty(), Optional.empty(), isBulk && mayShare.getAsBoolean());
    }

    /** True if one call may grant several wishes of a conversation. */
    public boolean combines() {
        return !macros.get().isEmpty();
    }

    /** The wishes with the attributes that their notes need to be written by a macro. */
    public List<Wished> prepared(Collection<Wished> decided) {
        List<Wished> all = new ArrayList<>(decided);
        for (Wished wished : decided) {
            if (wished.wish() instanceof Wish.Note note && isForMacro(note)) {
                Wish text = Wish.ChangeAttributes.set(Map.of(RuleMacro.noteAttribute(note.occasion()), note.text()));
                all.add(new Wished(text, wished.urgency(), wished.reasons()));
            }
        }
        return all;
    }

    /** Whom a note mentions is only looked up when it is sent by itself. */
    private boolean isForMacro(Wish.Note note) {
        return note.text().length() <= MAX_ATTRIBUTE_CHARS
                && Mention.in(note.text()).isEmpty()
                && macros.get().stream()
                        .anyMatch(macro ->
                                macro.hasNote() && macro.occasion().equals(note.occasion()) && isUsable.test(macro));
    }

    /**
     * The calls, in their order, that grant all that is not yet so.
     *
     * @param open the wishes that wait and were never tried
     */
    public List<Step> plan(List<Wish> open, ConversationState known) {
        List<Wish> left = notYetSo(open, known);
        List<Step> steps = new ArrayList<>();
        for (Optional<Step> found = byMacro(left, known); found.isPresent(); found = byMacro(left, known)) {
            steps.add(found.get());
            left = notYetSo(without(left, found.get()), known);
        }
        List<Step> all = new ArrayList<>(left.stream().map(this::alone).toList());
        all.addAll(steps);
        return all;
    }

    private static List<Wish> notYetSo(List<Wish> wishes, ConversationState known) {
        return wishes.stream().filter(wish -> !wish.isMet(known)).toList();
    }

    /** What is still to be granted after a step. */
    static List<Wish> without(List<Wish> open, Step step) {
        return open.stream()
                .filter(wish -> !step.wishes().contains(wish))
                .map(wish -> step.wishes().stream()
                        .filter(wish::includes)
                        .findFirst()
                        .map(wish::without)
                        .orElse(wish))
                .toList();
    }

    /** The call to be made now for the wish that is due. */
    public Step next(Wish due, List<Wish> open, ConversationState known) {
        Step step = plan(open, known).stream()
                .filter(planned -> planned.wishes().contains(due)
                        || planned.macro().isPresent()
                                && planned.wishes().stream().anyMatch(due::includes))
                .findFirst()
                .orElseGet(() -> alone(due));
        return step.after().map(this::alone).orElse(step);
    }

    /** The macro that grants the most, if that is more than one wish: one alone has a call that is answered at once. */
    private Optional<Step> byMacro(List<Wish> open, ConversationState known) {
        return macros.get().stream()
                .filter(macro -> doesOnlyWhatIsWished(macro, open, known) && isUsable.test(macro))
                .map(macro -> new Step(granted(macro, open), Optional.of(macro), textOf(macro, open, known), false))
                .filter(step -> step.wishes().size() > 1)
                .max(Comparator.comparingInt(step -> step.wishes().size()));
    }

    private static boolean doesOnlyWhatIsWished(RuleMacro macro, List<Wish> open, ConversationState known) {
        List<String> there = known.labels().map(Observed::value).orElse(List.of());
        List<String> wished = of(open, Wish.ChangeLabels.class)
                .map(change -> change.appliedTo(there))
                .orElse(there);
        return wished.containsAll(macro.labels())
                && macro.priority().filter(p -> !isWished(p, open, known)).isEmpty()
                && macro.team().filter(team -> !isWished(team, open, known)).isEmpty()
                && (!macro.hasNote()
                        || note(macro, open)
                                .filter(n -> isCarried(n, open, known))
                                .isPresent());
    }

    private static boolean isWished(Priority priority, List<Wish> open, ConversationState known) {
        return of(open, Wish.SetPriority.class)
                .map(wish -> wish.priority() == priority)
                .orElse(known.priority().filter(priority::equals).isPresent());
    }

    private static boolean isWished(String team, List<Wish> open, ConversationState known) {
        Wish.AssignTeam assigned = new Wish.AssignTeam(team);
        return of(open, Wish.AssignTeam.class)
                .map(wish -> !wish.isMet(known) && wish.team().strip().equalsIgnoreCase(team.strip()))
                .orElse(assigned.isMet(known));
    }

    private List<Wish> granted(RuleMacro macro, List<Wish> open) {
        return open.stream()
                .map(wish -> wish instanceof Wish.ChangeLabels labels ? part(macro, labels) : wish)
                .filter(wish -> wish instanceof Wish.ChangeLabels labels
                                && labels.addsOnly()
                                && macro.labels().containsAll(labels.add())
                        || wish instanceof Wish.SetPriority && macro.priority().isPresent()
                        || wish instanceof Wish.AssignTeam && macro.team().isPresent()
                        || wish instanceof Wish.Note note && macro.hasNote() && isOf(macro, note))
                .toList();
    }

    /** The labels that the macro adds, if the others are no rule's but tags, which may wait for others of their kind. */
    private Wish.ChangeLabels part(RuleMacro macro, Wish.ChangeLabels labels) {
        Wish.ChangeLabels part = Wish.ChangeLabels.add(
                labels.add().stream().filter(macro.labels()::contains).toList());
        boolean isPart = labels.includes(part)
                && macros.get().stream().noneMatch(rule -> labels.add().stream()
                        .anyMatch(label ->
                                rule.labels().contains(label) && !macro.labels().contains(label)));
        return isPart ? part : labels;
    }

    /** The attributes' wish that holds the text of the macro's note, if it is not there yet. */
    private static Optional<Wish> textOf(RuleMacro macro, List<Wish> open, ConversationState known) {
        return note(macro, open)
                .filter(note -> macro.hasNote() && !isText(known.attributes().map(Observed::value), note))
                .flatMap(note -> of(open, Wish.ChangeAttributes.class));
    }

    private static boolean isCarried(Wish.Note note, List<Wish> open, ConversationState known) {
        Optional<Map<String, Object>> wished =
                of(open, Wish.ChangeAttributes.class).map(Wish.ChangeAttributes::set);
        String attribute = RuleMacro.noteAttribute(note.occasion());
        return wished.filter(set -> set.containsKey(attribute)).isPresent()
                ? isText(wished, note)
                : isText(known.attributes().map(Observed::value), note);
    }

    private static boolean isText(Optional<Map<String, Object>> attributes, Wish.Note note) {
        return attributes
                .map(map -> map.get(RuleMacro.noteAttribute(note.occasion())))
                .filter(text -> Objects.equals(text, note.text()))
                .isPresent();
    }

    private static Optional<Wish.Note> note(RuleMacro macro, List<Wish> open) {
        return open.stream()
                .filter(Wish.Note.class::isInstance)
                .map(Wish.Note.class::cast)
                .filter(note -> isOf(macro, note))
                .findFirst();
    }

    private static boolean isOf(RuleMacro macro, Wish.Note note) {
        return note.occasion().equals(macro.occasion());
    }

    private static <W extends Wish> Optional<W> of(List<Wish> open, Class<W> type) {
        return open.stream().filter(type::isInstance).map(type::cast).findFirst();
    }
}
