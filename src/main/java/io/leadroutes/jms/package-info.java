/** A message broker by JMS. Knows store; none of its classes nor of a client is loaded unless {@code jms.url} is set. */
package io.leadroutes.jms;
