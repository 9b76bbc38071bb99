/** State and decision of one conversation; pure. Knows event and rules. */
package io.leadroutes.conversation;
