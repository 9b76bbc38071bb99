package io.leadroutes.sandbox;

/** A fault in force; closing it ends it for the calls to come. May be closed twice. */
@FunctionalInterface
public interface FaultRule extends AutoCloseable {
    @Override
    void close();
}
