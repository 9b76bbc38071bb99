/** The lead as the CRM database takes it. Knows store. */
package io.leadroutes.crm;
