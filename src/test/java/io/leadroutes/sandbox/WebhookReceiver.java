package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes webhooks and keeps them. */
final class WebhookReceiver implements AutoCloseable {
    record Received(Headers headers, String body) {
        JsonNode json() {
            return ApiClient.json(body);
        }

        String event() {
            return json().path("event").asText();
        }

        /** Names in changed_attributes. */
        List<String> changed() {
            List<String> names = new java.util.ArrayList<>();
            json().path("changed_attributes")
                    .forEach(change -> change.fieldNames().forEachRemaining(names::add));
            return names;
        }

        JsonNode change(String attribute) {
            return json().path("changed_attributes").findPath(attribute);
        }
    }

    private final HttpServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();

    WebhookReceiver() throws IOException {
        this(200);
    }

    WebhookReceiver(int status) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(new Received(exchange.getRequestHeaders(), body));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hooks");
    }

    List<Received> received() {
        return List.copyOf(received);
    }

    List<String> events() {
        return received.stream().map(Received::event).toList();
    }

    Received last(String event) {
        return received.stream()
                .filter(one -> one.event().equals(event))
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("no " + event + " in " + events()));
    }

    void clear() {
        received.clear();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
