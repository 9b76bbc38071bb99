package io.leadroutes.event;

import java.util.Optional;

/** One changed attribute; a side that is null or unknown is absent. */
public record Change(Optional<Object> before, Optional<Object> after) {}
