package io.leadroutes.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** A real Artemis in this JVM, on a port of its own; what is in its queues outlives a stop. */
public final class TestBroker implements AutoCloseable {
    /** The topic {@code leads}, as one who subscribed to it gets it. */
    public static final String LEADS = "leads::crm";

    private static final long PATIENCE_MS = 30_000;

    private final Path folder;
    private final int port;
    private EmbeddedActiveMQ server;

    /** @param folder for its journal */
    public TestBroker(Path folder) {
        this(folder, freePort());
    }

    public TestBroker(Path folder, int port) {
        this.folder = folder;
        this.port = port;
        start();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "tcp://127.0.0.1:" + port;
    }

    public void start() {
        AddressSettings all = new AddressSettings()
                .setRedeliveryDelay(0)
                .setMaxDeliveryAttempts(10)
                .setDeadLetterAddress(SimpleString.of("DLA"))
                .setAutoCreateDeadLetterResources(true)
                .setAutoDeleteQueues(false)
                .setAutoDeleteAddresses(false)
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.FAIL);
        try {
            Configuration configuration = new ConfigurationImpl()
                    .setSecurityEnabled(false)
                    .setJMXManagementEnabled(false)
                    .setJournalType(JournalType.NIO)
                    .setJournalDirectory(folder.resolve("journal").toString())
                    .setBindingsDirectory(folder.resolve("bindings").toString())
                    .setLargeMessagesDirectory(folder.resolve("large").toString())
                    .setPagingDirectory(folder.resolve("paging").toString())
                    .addAddressSetting("#", all)
                    .addQueueConfiguration(
                            QueueConfiguration.of("crm").setAddress("leads").setRoutingType(RoutingType.MULTICAST))
                    .addAcceptorConfiguration("tcp", url());
            server = new EmbeddedActiveMQ().setConfiguration(configuration);
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public void stop() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many are in a queue, in somebody's hand too; 0 if there is no such queue. */
    public long waiting(String queue) {
        return Optional.ofNullable(server.getActiveMQServer().locateQueue(queue))
                .map(org.apache.activemq.artemis.core.server.Queue::getMessageCount)
                .orElse(0L);
    }

    private interface Work<T> {
        T in(Session session) throws JMSException;
    }

    private <T> T work(Work<T> work) {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
            connection.start();
            return work.in(session);
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is in a queue, and stays there. */
    public List<Message> messages(String queue) {
        return work(session -> {
            try (QueueBrowser browser = session.createBrowser(session.createQueue(queue))) {
                List<Message> messages = new ArrayList<>();
                for (Object message : Collections.list(browser.getEnumeration())) {
                    messages.add((Message) message);
                }
                return messages;
            }
        });
    }

    /** Makes a message in a session. */
    public interface Maker {
        Message in(Session session) throws JMSException;
    }

    public void send(String queue, Maker maker) {
        work(session -> {
            try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
                producer.send(maker.in(session));
            }
            return null;
        });
    }

    public void send(String queue, String text) {
        send(queue, session -> session.createTextMessage(text));
    }

    /** Sends a text and waits for what comes back. */
    public String ask(String queue, String text) {
        return work(session -> {
            Queue answers = session.createTemporaryQueue();
            TextMessage question = session.createTextMessage(text);
            question.setJMSReplyTo(answers);
            question.setJMSCorrelationID("the question");
            try (MessageProducer producer = session.createProducer(session.createQueue(queue));
                    MessageConsumer consumer = session.createConsumer(answers)) {
                producer.send(question);
                if (consumer.receive(PATIENCE_MS) instanceof TextMessage answer
                        && answer.getJMSCorrelationID().equals("the question")) {
                    return answer.getText();
                }
                throw new AssertionError("no answer");
            }
        });
    }

    @Override
    public void close() {
        stop();
    }
}
