import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.testkit.LeadRoutesTest;
import io.leadroutes.testkit.TestLeadRoutes;
import org.junit.jupiter.api.Test;

@LeadRoutesTest(settings = "steps.message=direct:new-name")
class NewNameTest {
    @Test
    void whoAsksForACallIsLabelled(TestLeadRoutes leadroutes) {
        long conversation = leadroutes.customerWrites("Can you call me?");

        assertThat(leadroutes.inChatwoot(conversation).labels()).containsExactly("call-back");
    }

    @Test
    void othersCostNoCall(TestLeadRoutes leadroutes) {
        long conversation = leadroutes.customerWrites("Good morning");

        assertThat(leadroutes.calls(conversation)).isEmpty();
    }
}
