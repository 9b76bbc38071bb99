package io.leadroutes.bench;

import io.leadroutes.jms.TestBroker;
import java.nio.file.Path;

/** A broker in a JVM of its own; its arguments are a folder and a port. */
final class BrokerServer {
    private BrokerServer() {}

    public static void main(String[] args) throws InterruptedException {
        try (TestBroker broker = new TestBroker(Path.of(args[0]), Integer.parseInt(args[1]))) {
            Thread.currentThread().join();
        }
    }
}
