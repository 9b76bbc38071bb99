/** Health, metrics, admin. Knows store. */
package io.leadroutes.ops;
