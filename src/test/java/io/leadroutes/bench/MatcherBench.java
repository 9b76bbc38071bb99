package io.leadroutes.bench;

import io.leadroutes.rules.RuleBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.ahocorasick.trie.Trie;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * How many messages of 2 KB a second are read by a rule book, by an Aho-Corasick library and by a loop over the keywords, as
 * the original reference has it. Both of the others only tell substrings.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MatcherBench {
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

    private static final int TEXTS = 500;
    private static final int TEXT_LENGTH = 2_000;

    @Param({"19", "1000", "10000"})
    private int keywords;

    @Param({"customers", "new-words"})
    private String texts;

    private List<String> messages;
    private List<String> words;
    private RuleBook book;
    private Trie trie;
    private int read;

    /** The arguments are JMH's own, such as {@code -p keywords=19 -f 0}. */
    static void run(List<String> args) throws CommandLineOptionException, RunnerException {
        new Runner(new OptionsBuilder()
                        .parent(new CommandLineOptions(args.toArray(new String[0])))
                        .include(MatcherBench.class.getName())
                        .build())
                .run();
    }

    @Setup(Level.Trial)
    public void prepare() throws IOException {
        messages = texts.equals("customers") ? messages() : newWords();
        words = keywords(keywords);
        book = book(words);
        trie = Trie.builder().ignoreCase().addKeywords(words).build();
    }

    private String next() {
        return messages.get(read++ % messages.size());
    }

    @Benchmark
    public int rules() {
        return book.hits(next()).size();
    }

    @Benchmark
    public int ahocorasick() {
        return trie.parseText(next()).size();
    }

    @Benchmark
    public int includes() {
        String text = next();
        int found = 0;
        for (String keyword : words) {
            found += text.toLowerCase(Locale.ROOT).contains(keyword) ? 1 : 0;
        }
        return found;
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
