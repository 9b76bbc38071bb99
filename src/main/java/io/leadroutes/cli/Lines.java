package io.leadroutes.cli;

/** Text from outside as it may stand on a terminal. */
final class Lines {
    private Lines() {}

    /** On one line, without control characters. */
    static String plain(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]+", " ").strip();
    }

    /** An address without what may be a secret in it: user, password, query. */
    static String address(String url) {
        return plain(url).replaceFirst("//[^/?#]*@", "//").replaceFirst("[?#].*", "?...");
    }
}
