package io.leadroutes.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Method and path to handler. {@code #} in a path stands for a whole number. */
final class Router {
    record Match(List<Long> ids, Function<Request, Answer> handler) {}

    private record Route(String method, Pattern path, Function<Request, Answer> handler) {}

    private final List<Route> routes = new ArrayList<>();

    Router on(String method, String path, Function<Request, Answer> handler) {
        routes.add(new Route(method, Pattern.compile(path.replace("#", "(\\d{1,18})")), handler));
        return this;
    }

    /** {@code path} is the part after the account's id. */
    Optional<Match> find(String method, String path) {
        for (Route route : routes) {
            Matcher matcher = route.path().matcher(path);
            if (route.method().equals(method) && matcher.matches()) {
                return Optional.of(new Match(ids(matcher.toMatchResult()), route.handler()));
            }
        }
        return Optional.empty();
    }

    private static List<Long> ids(MatchResult match) {
        List<Long> ids = new ArrayList<>();
        for (int group = 1; group <= match.groupCount(); group++) {
            ids.add(Long.parseLong(match.group(group)));
        }
        return List.copyOf(ids);
    }
}
