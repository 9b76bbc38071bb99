package io.leadroutes.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Connections that each send the next webhook once the last is answered, from one thread of this JVM. */
final class Load {
    /**
     * @param answers by status; 0 is a connection that ended without an answer
     * @param acknowledgedPerSecond answers 200
     * @param cpuMicros of the server's process for each answer
     */
    record Result(
            Map<Integer, Integer> answers,
            double acknowledgedPerSecond,
            double answersPerSecond,
            double p50Ms,
            double p99Ms,
            double longestMs,
            double cpuMicros) {}

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final WebhookMaker webhooks;
    private final int port;
    private final Map<Integer, Integer> answers = new TreeMap<>();
    private long[] latencies = new long[1 << 16];
    private int count;
    private final double perSecond;
    private double periodMs;
    private boolean counting;
    private boolean running = true;

    Load(WebhookMaker webhooks, int port) {
        this(webhooks, port, Double.POSITIVE_INFINITY);
    }

    /** @param perSecond no more than so many webhooks a second, spread evenly */
    Load(WebhookMaker webhooks, int port, double perSecond) {
        this.webhooks = webhooks;
        this.port = port;
        this.perSecond = perSecond;
    }

    Result run(Supplier<Duration> cpuTime, int connections, Duration warmUp, Duration measured) throws Exception {
        CompletableFuture<Result> result = new CompletableFuture<>();
        vertx.runOnContext(ready -> {
            NetClient client = vertx.createNetClient();
            periodMs = connections * 1_000 / perSecond;
            for (int i = 0; i < connections; i++) {
                connect(client);
            }
            vertx.setTimer(warmUp.toMillis(), warm -> {
                counting = true;
                long start = System.nanoTime();
                Duration cpuBefore = cpuTime.get();
                vertx.setTimer(measured.toMillis(), over -> {
                    counting = false;
                    running = false;
                    result.complete(
                            result(System.nanoTime() - start, cpuTime.get().minus(cpuBefore)));
                });
            });
        });
        Result measurement = result.get(warmUp.plus(measured).toSeconds() + 60, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        return measurement;
    }

    private void connect(NetClient client) {
        client.connect(port, "127.0.0.1")
                .onSuccess(socket -> new Connection(client, socket).send())
                .onFailure(e -> {
                    if (running) {
                        count(0, 0);
                        vertx.setTimer(10, again -> connect(client));
                    }
                });
    }

    private final class Connection {
        private final NetSocket socket;
        private double dueMs = System.nanoTime() / 1e6;
        private Buffer answer = Buffer.buffer();
        private long sentAt;

        Connection(NetClient client, NetSocket socket) {
            this.socket = socket;
            socket.handler(this::receive);
            socket.closeHandler(closed -> {
                if (running) {
                    if (sentAt != 0) {
                        count(0, System.nanoTime() - sentAt);
                    }
                    connect(client);
                }
            });
        }

        void send() {
            if (running) {
                Buffer request = webhooks.next();
                sentAt = System.nanoTime();
                socket.write(request);
            }
        }

        private void receive(Buffer part) {
            answer.appendBuffer(part);
            String text = answer.toString(StandardCharsets.ISO_8859_1);
            if (isComplete(text)) {
                count(Integer.parseInt(text.substring(9, 12)), System.nanoTime() - sentAt);
                sentAt = 0;
                answer = Buffer.buffer();
                sendInTime();
            }
        }

        private void sendInTime() {
            double nowMs = System.nanoTime() / 1e6;
            dueMs = Math.max(dueMs + periodMs, nowMs);
            long waitMs = Math.round(dueMs - nowMs);
            if (waitMs > 0) {
                vertx.setTimer(waitMs, due -> send());
            } else {
                send();
            }
        }
    }

    private static boolean isComplete(String text) {
        int bodyAt = text.indexOf("\r\n\r\n") + 4;
        if (bodyAt < 4) {
            return false;
        }
        int lengthAt = text.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ");
        if (lengthAt < 0 || lengthAt > bodyAt) {
            return text.endsWith("\r\n0\r\n\r\n");
        }
        int length = Integer.parseInt(text.substring(lengthAt + 16, text.indexOf('\r', lengthAt)));
        return text.length() >= bodyAt + length;
    }

    private void count(int status, long nanos) {
        if (counting) {
            answers.merge(status, 1, Integer::sum);
            if (count == latencies.length) {
                latencies = Arrays.copyOf(latencies, count * 2);
            }
            latencies[count++] = nanos;
        }
    }

    private Result result(long nanos, Duration cpu) {
        long[] sorted = Arrays.copyOf(latencies, count);
        Arrays.sort(sorted);
        double seconds = nanos / 1e9;
        return new Result(
                answers,
                answers.getOrDefault(200, 0) / seconds,
                count / seconds,
                percentile(sorted, 0.5),
                percentile(sorted, 0.99),
                percentile(sorted, 1),
                cpu.toNanos() / 1e3 / Math.max(1, count));
    }

    private static double percentile(long[] sorted, double part) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(part * sorted.length) - 1] / 1e6;
    }
}
