/** Kafka, in front of the inbox. Knows store; none of its classes is loaded unless {@code intake.broker} names a topic. */
package io.leadroutes.kafka;
