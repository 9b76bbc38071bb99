package io.leadroutes.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.component.jms.JmsMessage;

/** Writes onto a message why it is set aside; its body stays as it came, whatever it is. */
public final class DeadMessages {
    /** The property of the message that says it. */
    static final String REASON = "leadroutes_reason";

    private static final int MAX_REASON_CHARS = 2_000;

    /** For a message that is then sent on as it is, by {@code forceSendOriginalMessage}. */
    public void tellWhy(Exchange exchange, @ExchangeException IllegalArgumentException failure) throws JMSException {
        Message message = exchange.getMessage(JmsMessage.class).getJmsMessage();
        Map<String, Object> properties = new LinkedHashMap<>();
        Enumeration<?> names = message.getPropertyNames();
        for (Object name : Collections.list(names)) {
            // Those with a prefix are the broker's to set.
            if (!name.toString().startsWith("JMS") && !name.toString().startsWith("_")) {
                properties.put(name.toString(), message.getObjectProperty(name.toString()));
            }
        }
        // A received message's properties cannot be changed but all at once.
        message.clearProperties();
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
        String why = String.valueOf(failure.getMessage());
        message.setStringProperty(REASON, why.substring(0, Math.min(why.length(), MAX_REASON_CHARS)));
    }
}
