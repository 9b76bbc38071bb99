/** Requests to Chatwoot, its answers and errors, the budget. Knows store. */
package io.leadroutes.chatwoot;
