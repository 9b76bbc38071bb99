package io.leadroutes.conversation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Somebody else, most likely another automation, undoes what we set, again and again: after three rounds the value is left
 * to them in that conversation. Pure.
 */
public final class FlipFlop {
    private static final int ROUNDS = 3;

    private FlipFlop() {}

    /**
     * A wish without what was granted three times and is wished for again.
     *
     * @param granted what was granted to the conversation lately, each as often as it was
     * @return the wish itself if nothing of it is fought over, absent if all of it is
     */
    public static Optional<Wish> without(Wish wish, List<Wish> granted) {
        if (wish instanceof Wish.ChangeLabels labels && labels.addsOnly()) {
            List<String> left = labels.add().stream()
                    .filter(label -> !isFoughtOver(Wish.ChangeLabels.add(List.of(label)), granted))
                    .toList();
            return left.isEmpty() ? Optional.empty() : Optional.of(Wish.ChangeLabels.add(left));
        }
        if (wish instanceof Wish.ChangeAttributes attributes
                && attributes.remove().isEmpty()) {
            Map<String, Object> left = new LinkedHashMap<>(attributes.set());
            left.entrySet()
                    .removeIf(one -> isFoughtOver(
                            new Wish.ChangeAttributes(single(one.getKey(), one.getValue()), List.of()), granted));
            return left.isEmpty() ? Optional.empty() : Optional.of(Wish.ChangeAttributes.set(left));
        }
        boolean isValue = wish instanceof Wish.SetPriority || wish instanceof Wish.AssignTeam;
        return isValue && isFoughtOver(wish, granted) ? Optional.empty() : Optional.of(wish);
    }

    private static Map<String, Object> single(String key, Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key, value);
        return map;
    }

    private static boolean isFoughtOver(Wish one, List<Wish> granted) {
        return granted.stream().filter(older -> has(older, one)).count() >= ROUNDS;
    }

    private static boolean has(Wish granted, Wish one) {
        if (granted instanceof Wish.ChangeLabels older && one instanceof Wish.ChangeLabels label) {
            return older.add().containsAll(label.add());
        }
        if (granted instanceof Wish.ChangeAttributes older && one instanceof Wish.ChangeAttributes attribute) {
            return Values.hasAll(older.set(), attribute.set());
        }
        return granted.equals(one);
    }
}
