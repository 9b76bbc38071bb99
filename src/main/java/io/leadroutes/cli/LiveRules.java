package io.leadroutes.cli;

import io.leadroutes.rules.RuleBook;
import io.leadroutes.rules.RuleFileException;
import io.leadroutes.rules.RuleLint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rule file that may change while the process runs. It is the content that is looked at: time and size of a file that a
 * container mounts say nothing. A file that cannot be used leaves the rules as they are. Thread-safe.
 */
public final class LiveRules {
    private static final int LARGEST_BYTES = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(LiveRules.class);

    private final String setting;
    private final Path file;
    private final Duration every;
    private final Clock clock;
    private final Consumer<RuleBook> onChange;

    private volatile Optional<Loaded> loaded = Optional.empty();
    private volatile List<String> problems = List.of();
    private Instant nextLook;

    /** Fingerprints: of what was taken over or refused last, and of what the last look saw. */
    private String judged;

    private String seen;

    /** The version that {@link #onChange} knows. */
    private String told = "";

    private record Loaded(RuleBook rules, Instant since, List<String> warnings) {}

    private LiveRules(String setting, Path file, Duration every, Clock clock, Consumer<RuleBook> onChange) {
        this.setting = setting;
        this.file = file;
        this.every = every;
        this.clock = clock;
        this.onChange = onChange;
        this.nextLook = clock.instant().plus(every);
        this.seen = fingerprint();
        this.judged = seen;
    }

    /**
     * The rules that must be there.
     *
     * @param setting that names the file, for messages
     * @param every how often the file is looked at; zero: never again
     * @param onChange is told of new rules when they are taken over, and once more at each look until it throws no more
     * @throws RuleFileException if the file cannot be used now
     */
    static LiveRules required(String setting, Path file, Duration every, Clock clock, Consumer<RuleBook> onChange) {
        LiveRules rules = new LiveRules(setting, file, every, clock, onChange);
        rules.load();
        rules.told = rules.get().version();
        return rules;
    }

    /** The rules that may be missing: there are none until the file can be used. */
    static LiveRules optional(String setting, Path file, Duration every, Clock clock) {
        LiveRules rules = new LiveRules(setting, file, every, clock, book -> {});
        rules.judge();
        return rules;
    }

    /** The rules as they are now; whoever decides asks once. */
    RuleBook get() {
        return current().orElseThrow(() -> new IllegalStateException(setting + " has no rules yet"));
    }

    Optional<RuleBook> current() {
        return loaded.map(Loaded::rules);
    }

    /**
     * Looks at the file, if it is time to. What has changed is taken over when a second look shows the same, so that a file
     * that is being written is not.
     */
    public synchronized void look() {
        if (every.isZero() || clock.instant().isBefore(nextLook)) {
            return;
        }
        nextLook = clock.instant().plus(every);
        String now = fingerprint();
        boolean isSettled = now.equals(seen);
        seen = now;
        if (isSettled && !now.equals(judged)) {
            judged = now;
            judge();
        }
        tell();
    }

    private void judge() {
        try {
            load();
        } catch (RuleFileException e) {
            problems = e.problems();
            LOG.warn(
                    "{} cannot be used, {}:\n{}",
                    setting,
                    current()
                            .map(rules -> "version " + rules.version() + " goes on")
                            .orElse("there are none until it can"),
                    e.getMessage());
        }
    }

    private void load() {
        RuleLint.Linted linted = RuleLint.load(file);
        RuleBook rules = linted.rules();
        String before = current().map(RuleBook::version).orElse("");
        problems = List.of();
        if (rules.version().equals(before)) {
            LOG.info("{} is again as it runs, version {}", setting, before);
            return;
        }
        loaded = Optional.of(new Loaded(rules, clock.instant(), linted.warnings()));
        if (!before.isEmpty()) {
            LOG.info("{} has changed: version {} instead of {}", setting, rules.version(), before);
        }
        linted.warnings().forEach(warning -> LOG.warn("{}", warning));
    }

    /** Tried again at the next look if it fails, as it may need a database that is away. */
    private void tell() {
        if (loaded.isPresent() && !told.equals(get().version())) {
            onChange.accept(get());
            told = get().version();
        }
    }

    /** What is wrong with the file as it is now; absent if nothing is. */
    Optional<String> problem() {
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of(setting + " has " + problems.size() + " problem(s), "
                        + current()
                                .map(rules -> "version " + rules.version() + " goes on")
                                .orElse("there are no rules")
                        + "; the log and /admin/status name them");
    }

    /** For the operator. */
    Map<String, Object> status() {
        Map<String, Object> status = new LinkedHashMap<>();
        loaded.ifPresent(now -> {
            status.put("version", now.rules.version());
            status.put("since", now.since.toString());
            status.put("warnings", now.warnings);
        });
        status.put("problems", problems);
        return status;
    }

    /** Of the content, or of why there is none. */
    private String fingerprint() {
        try (InputStream in = Files.newInputStream(file)) {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(in.readNBytes(LARGEST_BYTES + 1)));
        } catch (IOException e) {
            return e.getClass().getName();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
