/** From a webhook request to an accepted event: genuine, well-formed, stored. Knows event and store. */
package io.leadroutes.intake;
