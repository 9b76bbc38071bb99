package io.leadroutes.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.springframework.jms.support.converter.MessageConverter;

/** Bodies are texts, both ways: an object's bytes, which could run code while they are read, are never looked at. */
final class TextOnly implements MessageConverter {
    /** @throws IllegalArgumentException for anything but a text */
    @Override
    public Message toMessage(Object body, Session session) throws JMSException {
        if (body instanceof CharSequence text) {
            return session.createTextMessage(text.toString());
        }
        throw new IllegalArgumentException("the body is of type "
                + (body == null ? "null" : body.getClass().getSimpleName()) + "; expected a text for a message broker");
    }

    /** @return null, which is no body, for anything but a text: Camel asks before a route's error handler is there */
    @Override
    public String fromMessage(Message message) throws JMSException {
        return message instanceof TextMessage text ? text.getText() : null;
    }
}
