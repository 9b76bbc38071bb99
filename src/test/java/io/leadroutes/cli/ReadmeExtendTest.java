package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.testkit.LeadRoutesTest;
import io.leadroutes.testkit.TestLeadRoutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README's chapter on extending, as a reader who has nothing else would use it: each block as it stands. */
class ReadmeExtendTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern ID = Pattern.compile("    id: (\\S+)\n");
    private static final Pattern CLASS = Pattern.compile("(?m)^(?:public )?class (\\w+)");

    @TempDir
    private static Path folder;

    private static String chapter;

    @BeforeAll
    static void read() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int from = readme.indexOf("\n## Extend it\n");
        chapter = readme.substring(from, readme.indexOf("\n## ", from + 1));
        Product.routesWith(folder, "nothing.txt", "");
        for (String route : blocks("yaml")) {
            Files.writeString(folder.resolve(first(ID, route) + ".camel.yaml"), route);
        }
        for (String java : blocks("java")) {
            Path of = java.contains("RouteBuilder") ? folder : Files.createDirectories(folder.resolve("tests"));
            Files.writeString(of.resolve(first(CLASS, java) + ".java"), java);
        }
    }

    private static List<String> blocks(String language) {
        return BLOCK.matcher(chapter)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    private static String first(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        assertThat(found.find()).as(text).isTrue();
        return found.group(1);
    }

    private static Settings settings() {
        Properties file = new Properties();
        file.setProperty("routes.directory", folder.toString());
        return Settings.load(file, Map.of(), new Properties(), Settings.Need.NONE);
    }

    @Test
    void theStepTheKameletTheEventsTheDestinationAndTheJavaRouteDoWhatIsSaid() {
        try (TestLeadRoutes leadroutes = TestLeadRoutes.start(Map.of(
                "routes.directory",
                folder.toString(),
                "steps.message",
                "direct:step-tag,direct:step-score,direct:step-qualify,direct:vip,direct:hot-note,direct:invoice",
                "on.lead-qualified",
                first(Pattern.compile("`ON_LEAD_QUALIFIED=([^`]+)`"), chapter)))) {
            long hot = leadroutes.customerWrites("An enterprise with a budget wants a demo and an invoice");
            long cold = leadroutes.customerWrites("Good morning");

            assertThat(leadroutes.inChatwoot(hot).labels()).contains("hot-lead", "vip", "invoice");
            assertThat(leadroutes.inChatwoot(hot).notes()).extracting("content").contains("A hot lead.");
            assertThat(leadroutes.delivered(hot)).contains("direct:crm-sync", "direct:billing", "chatwoot-event:audit");
            assertThat(leadroutes.inChatwoot(cold).labels()).isEmpty();
            assertThat(leadroutes.delivered(cold)).containsExactly("chatwoot-event:audit");
        }
    }

    @Test
    void theTestOfTheChapterPassesAndSaysWhatIsShown() {
        CommandRun run = CommandRun.of(new TestCommand(ReadmeExtendTest::settings), "test");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out().replaceAll(" \\d+ ms", "")).contains(shown("'-- JUnit Jupiter"));
    }

    @Test
    void newSaysWhatIsShown(@TempDir Path empty) {
        Properties file = new Properties();
        file.setProperty("routes.directory", empty.toString());
        NewCommand command = new NewCommand(() -> Settings.load(file, Map.of(), new Properties(), Settings.Need.NONE));

        CommandRun run = CommandRun.of(command, "new", "step", "call-back");

        assertThat(run.out().replace(empty.toString(), "routes")).isEqualTo(shown("wrote "));
    }

    /** The block without a language that has this. */
    private static String shown(String part) {
        return blocks("").stream()
                .filter(block -> block.contains(part))
                .findFirst()
                .orElseThrow()
                .replaceFirst("^[.]\n", "");
    }

    @Test
    void thereIsOneOfEach() {
        assertThat(blocks("yaml")).hasSize(4);
        assertThat(blocks("java")).hasSize(2);
        assertThat(blocks("java").get(1)).contains("@" + LeadRoutesTest.class.getSimpleName());
    }
}
