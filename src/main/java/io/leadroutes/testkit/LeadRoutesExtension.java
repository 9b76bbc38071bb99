package io.leadroutes.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives {@link LeadRoutesTest} what its methods ask for. */
final class LeadRoutesExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(LeadRoutesExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == TestLeadRoutes.class;
    }

    /** Nested classes share that of the class around them. JUnit closes it with the class's context. */
    @Override
    public TestLeadRoutes resolveParameter(ParameterContext parameter, ExtensionContext test) {
        ExtensionContext outermost = test;
        while (outermost.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
            outermost = outermost.getParent().get();
        }
        Class<?> of = outermost.getRequiredTestClass();
        return outermost
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(of, key -> TestLeadRoutes.start(settings(of)), TestLeadRoutes.class);
    }

    private static Map<String, String> settings(Class<?> of) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String setting : of.getAnnotation(LeadRoutesTest.class).settings()) {
            String[] parts = setting.split("=", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException(
                        "settings has \"" + setting + "\"; expected name=value, such as steps.message=direct:my-step");
            }
            settings.put(parts[0].strip(), parts[1].strip());
        }
        return settings;
    }
}
