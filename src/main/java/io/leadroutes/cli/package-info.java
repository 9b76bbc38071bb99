/** The commands, the settings, and the wiring of all rooms. Knows all. */
package io.leadroutes.cli;
