import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.testkit.LeadRoutesTest;
import io.leadroutes.testkit.TestLeadRoutes;
import org.junit.jupiter.api.Test;

@LeadRoutesTest(settings = "on.lead-qualified=direct:new-name")
class NewNameTest {
    @Test
    void aQualifiedLeadIsDelivered(TestLeadRoutes leadroutes) {
        long conversation = leadroutes.customerWrites("An enterprise with a budget wants a demo");

        assertThat(leadroutes.delivered(conversation)).contains("direct:new-name");
    }

    @Test
    void othersAreNot(TestLeadRoutes leadroutes) {
        long conversation = leadroutes.customerWrites("Good morning");

        assertThat(leadroutes.delivered(conversation)).isEmpty();
    }
}
