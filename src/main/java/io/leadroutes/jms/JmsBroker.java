package io.leadroutes.jms;

import io.leadroutes.store.Failures;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.Component;
import org.apache.camel.component.jms.JmsComponent;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jms.connection.UserCredentialsConnectionFactoryAdapter;
import org.springframework.jms.support.JmsUtils;

/**
 * The connections to a message broker, by whichever JMS 3 client is on the class path. They are made when they are needed,
 * kept, and made anew after the broker was away.
 */
public final class JmsBroker implements AutoCloseable {
    private static final int CONNECTIONS = 2;

    /** After which time a consumer that has lost its broker looks for it again. */
    private static final int RECOVERY_MS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(JmsBroker.class);

    private final JmsPoolConnectionFactory pool = new JmsPoolConnectionFactory();

    /**
     * Connects to nothing yet.
     *
     * @param factory the name of a {@link ConnectionFactory} whose constructor takes the address
     * @param user both or none
     * @throws IllegalArgumentException if there is no such class
     */
    public JmsBroker(String factory, String url, Optional<String> user, Optional<String> password) {
        UserCredentialsConnectionFactoryAdapter provider = new UserCredentialsConnectionFactoryAdapter();
        provider.setTargetConnectionFactory(factory(factory, url));
        user.ifPresent(provider::setUsername);
        password.ifPresent(provider::setPassword);
        pool.setConnectionFactory(provider);
        pool.setMaxConnections(CONNECTIONS);
    }

    private static ConnectionFactory factory(String name, String url) {
        try {
            return Class.forName(name)
                    .asSubclass(ConnectionFactory.class)
                    .getConstructor(String.class)
                    .newInstance(url);
        } catch (ReflectiveOperationException | ClassCastException e) {
            // The cause may show the address, and in it a password.
            throw new IllegalArgumentException(
                    "jms.connection-factory is \"" + name + "\"; expected a class on the class"
                            + " path that is a jakarta.jms.ConnectionFactory and whose constructor takes jms.url ("
                            + e.getClass().getSimpleName() + ")");
        }
    }

    /** The Camel component of all {@code jms:} endpoints: texts only, and no header comes in but those of JMS itself. */
    public Component component() {
        JmsComponent component = new JmsComponent();
        component.setConnectionFactory(pool);
        component.setMessageConverter(new TextOnly());
        component.setHeaderFilterStrategy(new JmsAllowList());
        component.setRecoveryInterval(RECOVERY_MS);
        // Camel's own tells the failure's message, which may hold a customer's text.
        component.setErrorHandler(failure -> LOG.warn("a message goes back to the broker: {}", Failures.kind(failure)));
        return component;
    }

    /**
     * Sends messages in one transaction, and returns when the broker has them on its disk.
     *
     * @param group of each, which it keeps in order
     * @param text of each
     * @throws org.springframework.jms.JmsException if it is not known to have them; then it may have none or all
     */
    public <T> void send(String queue, List<T> messages, Function<T, String> group, Function<T, String> text) {
        try (Connection connection = pool.createConnection();
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            for (T message : messages) {
                TextMessage sent = session.createTextMessage(text.apply(message));
                sent.setStringProperty("JMSXGroupID", group.apply(message));
                producer.send(sent);
            }
            session.commit();
        } catch (JMSException e) {
            throw JmsUtils.convertJmsAccessException(e);
        }
    }

    /** @throws org.springframework.jms.JmsException if the broker does not answer */
    public void ping() {
        try (Connection connection = pool.createConnection();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
            session.createTextMessage();
        } catch (JMSException e) {
            throw JmsUtils.convertJmsAccessException(e);
        }
    }

    @Override
    public void close() {
        pool.stop();
    }
}
