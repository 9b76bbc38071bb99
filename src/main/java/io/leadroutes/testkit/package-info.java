/**
 * The test kit for engineers who add routes: JUnit starts leadroutes beside a sandbox Chatwoot. It is not in the program's
 * jar but in one of its own, with the classifier {@code tests}; JUnit and Awaitility come with whoever uses it.
 */
package io.leadroutes.testkit;
