package io.leadroutes.cli;

/**
 * One conversation and what it is to become.
 *
 * @param conversation display id
 */
record BatchItem(long conversation, BatchChange change) {}
