package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.store.TestDatabases.Engine;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class EventFeedTest {
    private static final long A = 1580;

    @Parameter
    Engine engine;

    private Store store;
    private EventFeed feed;

    @BeforeEach
    void open() {
        store = new Store(engine);
        feed = new EventFeed(
                store.database,
                store.outbox,
                type -> type.equals("message_created") ? List.of("direct:one", "direct:two") : List.of());
        store.append(
                Bodies.message(A, 1, "hello").at(store.clock.instant()),
                Bodies.message(A, 2, "there").at(store.clock.instant()));
        store.clock.advance(Store.QUIET);
        assertThat(store.inbox.dueLanes(1)).containsExactly(Store.lane(A));
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private void offerAll(Consumer<LaneGroup> then) {
        store.inTransaction(s -> {
            LaneGroup group = s.take(Store.lane(A));
            Claim claim = group.getTaken().get(0);
            claim.getEvents().forEach(event -> feed.offer(claim, event));
            then.accept(group);
            return null;
        });
    }

    @Test
    @Tag("invariant-3")
    void eachEventIsAWishOfItsOwnForEachRouteAndTheyComeInOrder() throws JsonProcessingException {
        offerAll(store.inbox::complete);

        assertThat(store.count("outbox")).isEqualTo(4);
        List<Delivery> first = store.outbox.claimForEndpoints(9);
        assertThat(first).extracting(Delivery::destination).containsExactlyInAnyOrder("direct:one", "direct:two");
        for (Delivery delivery : first) {
            assertThat(delivery.isEvent()).isTrue();
            assertThat(feed.body(delivery))
                    .containsEntry("event", "message_created")
                    .containsEntry("content", "hello");
            store.outbox.done(delivery, "delivered");
        }
        assertThat(feed.body(store.outbox.claimForEndpoints(9).get(0))).containsEntry("content", "there");
    }

    @Test
    @Tag("invariant-4")
    void aDecisionThatIsRolledBackTakesItsWishesWithIt() {
        assertThatThrownBy(() -> offerAll(claim -> {
                    throw new IllegalStateException("a step fails");
                }))
                .hasMessage("a step fails");

        assertThat(store.count("outbox")).isZero();
    }

    @Test
    void aLeadIsNoEvent() {
        store.wish(A, Urgency.TAGGING, new Wish.Publish("direct:crm-sync", "lead", Leads.of(A)));

        assertThat(store.outbox.claimForEndpoints(9)).singleElement().returns(false, Delivery::isEvent);
    }

    @Test
    @Tag("invariant-9")
    void anEventThatWasDeletedMeanwhileIsSaidToBeGone() {
        offerAll(store.inbox::complete);
        store.database.jdbc().sql("DELETE FROM webhook_payload").update();

        Delivery delivery = store.outbox.claimForEndpoints(1).get(0);
        assertThatThrownBy(() -> feed.body(delivery))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("event " + delivery.eventId() + " is no longer there; expected it in the inbox");
    }
}
