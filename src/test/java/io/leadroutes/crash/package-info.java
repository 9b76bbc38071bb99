/**
 * Kills, freezes and starves the running product and checks by its history that no acknowledged event is lost, none has an
 * effect twice and each conversation keeps its order (invariants 1, 2, 3, 9, 10). What ends in {@code Crash} runs by
 * {@code mvn -Pcrash verify} only; the harness's own tests run with all others.
 */
package io.leadroutes.crash;
