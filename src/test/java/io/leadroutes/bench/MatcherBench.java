package io.leadroutes.bench;

import io.leadroutes.rules.RuleBook;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.ahocorasick.trie.Trie;

/**
 * How long a rule book takes for a text of 2 KB, beside an Aho-Corasick library and beside a loop over the keywords, both of
 * which only tell substrings. All take turns in one run, so that a busy machine slows all; the median turn counts.
 */
final class MatcherBench {

    private static final List<String> REFERENCE = List.of(
            "price",
            "pricing",
            "cost",
            "how much",
            "bug",
            "error",
            "broken",
            "not working",
            "cancel",
            "refund",
            "unsubscribe",
            "enterprise",
            "team",
            "bulk",
            "organization",
            "demo",
            "trial",
            "get started",
            "urgent");

    private static final List<String> SYLLABLES = List.of(
            "ta", "pro", "men", "li", "ver", "con", "sta", "re", "por", "ing", "de", "mo", "ti", "can", "er", "in",
            "sub", "al", "ster", "ra", "ne", "for", "com", "un", "el", "po", "sa", "ment", "tri", "wo");

    private static final List<Integer> SIZES = List.of(REFERENCE.size(), 1_000, 10_000);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int TEXTS = 500;
    private static final int TEXT_LENGTH = 2_000;
    private static final int TURNS = 15;
    private static final long TURN_NANOS = 100_000_000;
    private static final int WARM_UP_TURNS = 5;

    private MatcherBench() {}

    static void run() throws IOException {
        System.out.printf("%d texts of %,d characters; median of %d turns%n", TEXTS, TEXT_LENGTH, TURNS);
        table("customers' messages", messages());
        table("words that are new each time", newWords());
    }

    private static void table(String title, List<String> texts) {
        System.out.printf(
                "%n%s%n%-9s%14s%14s%14s%14s%12s%n",
                title, "keywords", "rules", "messages/s", "ahocorasick", "includes()", "rules/lib");
        for (int size : SIZES) {
            Map<String, Double> micros = measure(contenders(keywords(size)), texts);
            System.out.printf(
                    Locale.ROOT,
                    "%,-9d%11.1f us%,14.0f%11.1f us%11.1f us%12.2f%n",
                    size,
                    micros.get("rules"),
                    1e6 / micros.get("rules"),
                    micros.get("ahocorasick"),
                    micros.get("includes"),
                    micros.get("rules") / micros.get("ahocorasick"));
        }
    }

    private static Map<String, ToIntFunction<String>> contenders(List<String> keywords) {
        Map<String, ToIntFunction<String>> contenders = new LinkedHashMap<>();
        RuleBook book = book(keywords);
        contenders.put("rules", text -> book.hits(text).size());
        Trie trie = Trie.builder().ignoreCase().addKeywords(keywords).build();
        contenders.put("ahocorasick", text -> trie.parseText(text).size());
        contenders.put("includes", text -> {
            int found = 0;
            for (String keyword : keywords) {
                found += text.toLowerCase(Locale.ROOT).contains(keyword) ? 1 : 0;
            }
            return found;
        });
        return contenders;
    }

    /** Ten keywords a rule. */
    private static RuleBook book(List<String> keywords) {
        StringBuilder yaml = new StringBuilder("tags:\n");
        for (int i = 0; i < keywords.size(); i += 10) {
            String any = keywords.subList(i, Math.min(i + 10, keywords.size())).stream()
                    .map(keyword -> "\"" + keyword + "\"")
                    .collect(Collectors.joining(", "));
            yaml.append("  - {id: rule-%d, any: [%s], labels: [label-%d]}%n".formatted(i, any, i));
        }
        return RuleBook.parse("bench.yaml", yaml.toString());
    }

    private static Map<String, Double> measure(Map<String, ToIntFunction<String>> contenders, List<String> texts) {
        Map<String, List<Double>> turns = new LinkedHashMap<>();
        for (int turn = -WARM_UP_TURNS; turn < TURNS; turn++) {
            for (Map.Entry<String, ToIntFunction<String>> contender : contenders.entrySet()) {
                double micros = turn(contender.getValue(), texts);
                if (turn >= 0) {
                    turns.computeIfAbsent(contender.getKey(), name -> new ArrayList<>())
                            .add(micros);
                }
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        turns.forEach((name, micros) -> {
            Collections.sort(micros);
            medians.put(name, micros.get(micros.size() / 2));
        });
        return medians;
    }

    /** Microseconds per text. */
    private static double turn(ToIntFunction<String> contender, List<String> texts) {
        long start = THREADS.getCurrentThreadCpuTime();
        long nanos = 0;
        int read = 0;
        int found = 0;
        while (nanos < TURN_NANOS) {
            for (int i = 0; i < 10; i++) {
                found += contender.applyAsInt(texts.get(read++ % texts.size()));
            }
            nanos = THREADS.getCurrentThreadCpuTime() - start;
        }
        double micros = nanos / 1e3 / read;
        if (found == 0) {
            throw new IllegalStateException("nothing was found; expected keywords in the texts");
        }
        return micros;
    }

    /** What customers write, in English, put together in an order of its own for each text. */
    private static List<String> messages() throws IOException {
        List<String> messages = Files.readAllLines(Path.of("src/test/resources/labelled/en.txt")).stream()
                .map(line -> line.split(" \\| ", 3)[2])
                .filter(message -> !message.contains("\\n") && !message.contains("<"))
                .collect(Collectors.toCollection(ArrayList::new));
        Random random = new Random(1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            Collections.shuffle(messages, random);
            texts.add(String.join(" ", messages).substring(0, TEXT_LENGTH));
        }
        return texts;
    }

    /** Made-up words, and a keyword now and then. */
    private static List<String> newWords() {
        Random random = new Random(3);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < TEXT_LENGTH) {
                boolean keyword = random.nextInt(50) == 0;
                text.append(keyword ? REFERENCE.get(random.nextInt(REFERENCE.size())) : word(random) + word(random));
                text.append(' ');
            }
            texts.add(text.substring(0, TEXT_LENGTH));
        }
        return texts;
    }

    /** The reference's keywords, then made-up words and, one of ten, phrases of two. */
    private static List<String> keywords(int size) {
        Random random = new Random(2);
        Set<String> keywords = new LinkedHashSet<>(REFERENCE);
        while (keywords.size() < size) {
            keywords.add(word(random) + (random.nextInt(10) == 0 ? " " + word(random) : ""));
        }
        return List.copyOf(keywords);
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int i = 2 + random.nextInt(3); i > 0; i--) {
            word.append(SYLLABLES.get(random.nextInt(SYLLABLES.size())));
        }
        return word.toString();
    }
}
