import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.testkit.LeadRoutesTest;
import io.leadroutes.testkit.TestLeadRoutes;
import java.util.Map;
import org.junit.jupiter.api.Test;

@LeadRoutesTest
class NewNameTest {
    @Test
    void itIsMade(TestLeadRoutes leadroutes) {
        long conversation = leadroutes.conversation("Ada Customer");

        leadroutes.call("direct:new-name", null, Map.of("conversationId", conversation));

        assertThat(leadroutes.inChatwoot(conversation).notes())
                .extracting("content")
                .containsExactly("Please call back.");
    }
}
