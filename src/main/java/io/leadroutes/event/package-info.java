/** Every webhook dialect becomes one {@link io.leadroutes.event.Event}. Knows no other room. */
package io.leadroutes.event;
