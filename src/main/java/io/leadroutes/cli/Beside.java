package io.leadroutes.cli;

import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;

/** Parts of the start that take a while and need nothing else: each is done by a thread of its own while the rest starts. */
final class Beside {
    private static final NamedThreads THREADS = new NamedThreads("start");

    private Beside() {}

    static void run(Runnable part) {
        THREADS.newThread(part).start();
    }

    /** The authorities' certificates: Java keeps them for the HTTP client, which would read them while the routes are made. */
    static void readCertificates() {
        try {
            SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Java has no TLS", e);
        }
    }
}
