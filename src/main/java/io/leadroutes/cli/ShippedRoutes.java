package io.leadroutes.cli;

import java.util.Collection;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.main.DefaultRoutesCollector;
import org.apache.camel.spi.Resource;

/**
 * Reads the shipped routes. Camel 4.18 would parse each file twice, the first time to look for settings in comments, which
 * files in YAML cannot have.
 */
final class ShippedRoutes extends DefaultRoutesCollector {
    private boolean isCollecting;

    @Override
    public Collection<RoutesBuilder> collectRoutesFromDirectory(
            CamelContext camelContext, String excludePattern, String includePattern) {
        isCollecting = true;
        return super.collectRoutesFromDirectory(camelContext, excludePattern, includePattern);
    }

    @Override
    public Collection<Resource> findRouteResourcesFromDirectory(
            CamelContext camelContext, String excludePattern, String includePattern) {
        return isCollecting
                ? super.findRouteResourcesFromDirectory(camelContext, excludePattern, includePattern)
                : List.of();
    }
}
