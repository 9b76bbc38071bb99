package io.leadroutes.cli;

import java.net.URI;
import java.util.Optional;

/** Text from outside as it may stand on a terminal. */
final class Lines {
    private Lines() {}

    /** On one line, without control characters. */
    static String plain(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]+", " ").strip();
    }

    /** An address without what may be a secret in it: user, password, query. */
    static String address(String url) {
        URI uri = URI.create(url);
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?...";
        return uri.getScheme() + "://" + uri.getHost() + port
                + Optional.ofNullable(uri.getRawPath()).orElse("") + query;
    }
}
