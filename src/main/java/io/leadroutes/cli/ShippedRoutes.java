package io.leadroutes.cli;

import java.util.Collection;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.main.DefaultRoutesCollector;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RoutesBuilderLoader;
import org.apache.camel.support.PluginHelper;

/**
 * Reads the shipped routes, several files at a time. Camel 4.18 would parse each three times, one after the other: to look
 * for settings in comments, which files in YAML cannot have; for beans, which loading finds, too, before a route is made; and to
 * load it.
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

    @Override
    protected void doCollectRoutesFromDirectory(
            CamelContext camelContext,
            List<RoutesBuilder> builders,
            String excludePattern,
            String includePattern,
            boolean optional) {
        Collection<Resource> files = findRouteResourcesFromDirectory(camelContext, excludePattern, includePattern);
        try {
            RoutesBuilderLoader loader =
                    PluginHelper.getRoutesLoader(camelContext).getRoutesLoader("yaml");
            builders.addAll(
                    files.parallelStream().map(file -> load(loader, file)).toList());
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }

    private static RoutesBuilder load(RoutesBuilderLoader loader, Resource file) {
        try {
            return loader.loadRoutesBuilder(file);
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }
}
