package io.leadroutes.store;

import java.util.ArrayList;
import java.util.List;

/** Lanes that one worker decides in one transaction, as many of them as it comes to. For one thread at a time. */
public final class LaneGroup {
    private final List<String> lanes;
    private final List<Claim> taken = new ArrayList<>();

    LaneGroup(List<String> lanes) {
        this.lanes = List.copyOf(lanes);
    }

    List<String> lanes() {
        return lanes;
    }

    boolean isSingle() {
        return lanes.size() == 1;
    }

    /** The claims that were taken in hand, in that order. */
    public List<Claim> getTaken() {
        return List.copyOf(taken);
    }

    Claim take(Claim claim) {
        taken.add(claim);
        return claim;
    }
}
