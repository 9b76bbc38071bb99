package io.leadroutes.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stands between the sandbox and the product: takes each webhook and delivers it shuffled, sometimes twice (the same
 * delivery, or the same meaning under another delivery id), sometimes again after a failure and sometimes not, as Chatwoot
 * and its queues do. Writes down what it saw.
 */
final class Post implements AutoCloseable {
    private static final int SENDERS = 8;

    /** Letters overtake each other by no more than so many. */
    private static final int WINDOW = 24;

    private static final double TWICE = 0.25;
    private static final double AGAIN_AFTER_FAILURE = 0.6;
    private static final Duration CHATWOOTS_PATIENCE = Duration.ofSeconds(5);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private record Parcel(Letter letter, String delivery) {}

    private final HttpServer receiver;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Random random;
    private final History history;
    private final List<Thread> senders = new ArrayList<>();

    // Guarded by this.
    private final List<Parcel> waiting = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private List<URI> targets = List.of();
    private int inFlight;
    private int unreadable;
    private int turnedAway;
    private Duration longestAnswer = Duration.ZERO;
    private boolean isClosed;

    Post(Random random, History history) {
        this.random = random;
        this.history = history;
        try {
            receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        receiver.createContext("/", this::receive);
        receiver.start();
        for (int i = 0; i < SENDERS; i++) {
            Thread sender = new Thread(this::sendAll, "post-" + i);
            sender.setDaemon(true);
            sender.start();
            senders.add(sender);
        }
    }

    /** Where the sandbox is to send its webhooks. */
    URI address() {
        return URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/");
    }

    private void receive(HttpExchange exchange) throws IOException {
        JsonNode event = MAPPER.readTree(exchange.getRequestBody());
        add(letter(event));
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private static Letter letter(JsonNode event) {
        boolean isCustomers = event.path("event").asText().equals("message_created")
                && event.path("message_type").asText().equals("incoming");
        if (!isCustomers) {
            return new Letter(Letter.Kind.NOISE, 0, 0, "", event.toString());
        }
        String text = event.path("content").asText();
        String word = text.substring(text.lastIndexOf(' ') + 1);
        return new Letter(
                word.equals(Vocabulary.POISON) ? Letter.Kind.POISON : Letter.Kind.MESSAGE,
                event.path("conversation").path("id").asLong(),
                event.path("id").asLong(),
                word,
                event.toString());
    }

    /** An event of this account that is none that anybody knows how to read. */
    synchronized void addUnreadable() {
        // Their numbers are negative, so that they are no message's.
        unreadable--;
        String body = "{\"event\":\"message_created\",\"account\":{\"id\":7},\"id\":\"x%d\",\"conversation\":[]}"
                .formatted(-unreadable);
        add(new Letter(Letter.Kind.UNREADABLE, 0, unreadable, "", body));
    }

    private synchronized void add(Letter letter) {
        waiting.add(new Parcel(letter, UUID.randomUUID().toString()));
        notifyAll();
    }

    /** Delivers to these from now on, each time to any of them; to nobody if there are none. */
    synchronized void deliverTo(List<URI> addresses) {
        targets = List.copyOf(addresses);
        notifyAll();
    }

    /** True if nothing waits and nothing is on its way. */
    synchronized boolean isEmpty() {
        return waiting.isEmpty() && inFlight == 0;
    }

    synchronized int size() {
        return waiting.size() + inFlight;
    }

    /** Answers that the product should never give. */
    synchronized List<String> refused() {
        return List.copyOf(refused);
    }

    /** How many answers were 503. */
    synchronized int turnedAway() {
        return turnedAway;
    }

    /** How long the slowest answer took; none that took longer than Chatwoot waits is among them. */
    synchronized Duration longestAnswer() {
        return longestAnswer;
    }

    private void sendAll() {
        try {
            while (true) {
                Parcel parcel;
                URI target;
                synchronized (this) {
                    while (!isClosed && (targets.isEmpty() || waiting.isEmpty())) {
                        wait();
                    }
                    if (isClosed) {
                        return;
                    }
                    parcel = waiting.remove(random.nextInt(Math.min(WINDOW, waiting.size())));
                    target = targets.get(random.nextInt(targets.size()));
                    inFlight++;
                    if (random.nextDouble() < TWICE) {
                        putBack(parcel);
                    }
                }
                boolean isTaken = deliver(parcel, target);
                synchronized (this) {
                    inFlight--;
                    if (!isTaken && random.nextDouble() < AGAIN_AFTER_FAILURE) {
                        putBack(parcel);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void putBack(Parcel parcel) {
        String delivery =
                random.nextBoolean() ? parcel.delivery() : UUID.randomUUID().toString();
        waiting.add(random.nextInt(waiting.size() + 1), new Parcel(parcel.letter(), delivery));
    }

    private boolean deliver(Parcel parcel, URI target) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target)
                .timeout(CHATWOOTS_PATIENCE)
                .header("Content-Type", "application/json")
                .header("X-Chatwoot-Delivery", parcel.delivery())
                .POST(HttpRequest.BodyPublishers.ofString(parcel.letter().body()))
                .build();
        saw(Operation.Kind.INVOKE, parcel);
        Instant start = Instant.now();
        try {
            int status = status(request);
            answered(status, Duration.between(start, Instant.now()));
            saw(status == 200 ? Operation.Kind.OK : Operation.Kind.INFO, parcel);
            if (status == 503) {
                // Told to come again a little later.
                Thread.sleep(50);
            } else if (status != 200) {
                synchronized (this) {
                    refused.add(status + " for " + parcel);
                }
            }
            return status == 200;
        } catch (ConnectException e) {
            saw(Operation.Kind.FAIL, parcel);
            gone(target);
        } catch (IOException e) {
            saw(Operation.Kind.INFO, parcel);
            gone(target);
        }
        return false;
    }

    private synchronized void answered(int status, Duration after) {
        turnedAway += status == 503 ? 1 : 0;
        longestAnswer = after.compareTo(longestAnswer) > 0 ? after : longestAnswer;
    }

    /** The request's own time-out ends with the headers: a process may stand still between them and the body. */
    private int status(HttpRequest request) throws IOException, InterruptedException {
        try {
            return http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                    .get(CHATWOOTS_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .statusCode();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ConnectException refused ? refused : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }

    /** Its process is dead; it is told of when it is back. */
    private synchronized void gone(URI target) {
        targets = targets.stream().filter(one -> !one.equals(target)).toList();
    }

    private void saw(Operation.Kind kind, Parcel parcel) {
        if (parcel.letter().kind() != Letter.Kind.NOISE) {
            history.add(kind, parcel.letter(), parcel.delivery());
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
        receiver.stop(0);
        senders.forEach(Thread::interrupt);
    }
}
