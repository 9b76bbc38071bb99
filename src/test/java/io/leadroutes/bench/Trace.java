package io.leadroutes.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Twenty busy minutes of an account: 2,000 customer messages in 400 conversations, what agents do beside them, always the
 * same. Three of five conversations are short and hold no scoring word; the others come in bursts and speak in keywords,
 * so that the reference's handler has two calls for most of their messages.
 */
record Trace(List<Act> acts, int conversations) {
    static final int MESSAGES = 2_000;
    private static final int CONVERSATIONS = 400;
    private static final Duration LENGTH = Duration.ofMinutes(20);

    private static final List<String> SMALL_TALK =
            List.of("Hello!", "Are you there?", "Thanks a lot", "ok, I see", "One moment please", "That is fine");
    private static final List<String> PLAIN_TAGS = List.of(
            "How much does the Pro plan cost?",
            "I get an error on the second page",
            "Where is my refund?",
            "What is the price?");

    /** What customers of one kind write; each line has a tag and a score. */
    private static final List<List<String>> TOPICS = List.of(
            List.of("We are an enterprise and compare", "What is the price? Our budget is fixed", "Can we see a demo?"),
            List.of(
                    "It is urgent, the export is broken",
                    "Still an error, and it is urgent",
                    "Urgent: login not working"),
            List.of("Is there a trial?", "How do I get started with the trial?", "A demo would do, too"),
            List.of(
                    "Our budget ends soon, what is the price?",
                    "Pricing for our budget, please",
                    "Does it cost more than our budget?"),
            List.of(
                    "Our enterprise may cancel",
                    "Urgent: we want our refund",
                    "The enterprise plan has a bug, cancel it"));

    enum Kind {
        CUSTOMER,
        REPLY,
        LABEL,
        ATTRIBUTE,
        PRIORITY
    }

    /**
     * @param at since the beginning
     * @param conversation 0 and up
     * @param text what is written, set or added
     */
    record Act(Duration at, int conversation, Kind kind, String text) {}

    static Trace of(long seed) {
        Random random = new Random(seed);
        List<Act> acts = new ArrayList<>();
        int left = MESSAGES;
        for (int conversation = 0; conversation < CONVERSATIONS; conversation++) {
            boolean isShort = conversation % 5 < 3;
            int later = CONVERSATIONS - 1 - conversation;
            int messages = isShort ? 1 + random.nextInt(3) : 6 + random.nextInt(8);
            if (later == 0 || left - messages < later) {
                messages = left - later;
            }
            left -= messages;
            play(random, acts, conversation, isShort, messages);
        }
        acts.sort(Comparator.comparing(Act::at));
        return new Trace(List.copyOf(acts), CONVERSATIONS);
    }

    private static void play(Random random, List<Act> acts, int conversation, boolean isShort, int messages) {
        List<String> topic = TOPICS.get(random.nextInt(TOPICS.size()));
        long ms = (long) (random.nextDouble() * LENGTH.toMillis() * 0.8);
        int burst = 0;
        for (int i = 0; i < messages; i++) {
            if (burst == 0) {
                burst = 1 + random.nextInt(5);
                if (i > 0) {
                    ms += 10_000 + random.nextInt(40_000);
                    acts.add(new Act(Duration.ofMillis(ms), conversation, Kind.REPLY, "Let me look into it"));
                    ms += 5_000 + random.nextInt(30_000);
                    own(random, acts, conversation, ms);
                }
            }
            burst--;
            ms += 1_000 + random.nextInt(7_000);
            acts.add(new Act(Duration.ofMillis(ms), conversation, Kind.CUSTOMER, text(random, topic, isShort)));
        }
    }

    /** What agents change by themselves. */
    private static void own(Random random, List<Act> acts, int conversation, long ms) {
        Duration at = Duration.ofMillis(ms - random.nextInt(4_000));
        switch (random.nextInt(12)) {
            case 0 -> acts.add(new Act(at, conversation, Kind.LABEL, "vip"));
            case 1 -> acts.add(new Act(at, conversation, Kind.ATTRIBUTE, "order"));
            case 2 -> acts.add(new Act(at, conversation, Kind.PRIORITY, "medium"));
            default -> {}
        }
    }

    private static String text(Random random, List<String> topic, boolean isShort) {
        int percent = random.nextInt(100);
        if (isShort) {
            return percent < 50 ? pick(random, PLAIN_TAGS) : pick(random, SMALL_TALK);
        }
        if (percent < 80) {
            return pick(random, topic);
        }
        return percent < 90 ? pick(random, PLAIN_TAGS) : pick(random, SMALL_TALK);
    }

    private static String pick(Random random, List<String> texts) {
        return texts.get(random.nextInt(texts.size()));
    }
}
