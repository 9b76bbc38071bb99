/**
 * A stand-in Chatwoot over real HTTP for the {@code demo} command and the end-to-end tests. Behaves as CONTRACT says, not
 * as one would wish. Knows no other room.
 */
package io.leadroutes.sandbox;
