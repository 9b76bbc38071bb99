package io.leadroutes.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A JUnit test of routes: each test method that asks for a {@link TestLeadRoutes} is given the one of its class, which runs
 * the routes and rules of the current folder beside a sandbox Chatwoot, on databases in memory and with a clock that can be
 * told to jump. It is started when the first method asks for it and closed after the last one.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LeadRoutesExtension.class)
public @interface LeadRoutesTest {
    /**
     * Settings as in {@code application.properties}, {@code name=value} each: {@code steps.message=direct:my-step}. What is
     * not set here has leadroutes' default; neither the environment nor {@code application.properties} is asked.
     */
    String[] settings() default {};
}
