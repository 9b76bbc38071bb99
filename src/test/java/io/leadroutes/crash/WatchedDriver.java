package io.leadroutes.crash;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.function.BiConsumer;
import java.util.logging.Logger;

/**
 * Stands before the real JDBC driver and tells of each statement and commit: so the product is watched without a hook in
 * it. It has to be registered before anybody asks DriverManager for a driver.
 */
final class WatchedDriver implements Driver {
    private final BiConsumer<Breakpoint.When, List<String>> watcher;

    /** @param watcher gets the statement, or all of the transaction, white space as one space */
    WatchedDriver(BiConsumer<Breakpoint.When, List<String>> watcher) {
        this.watcher = watcher;
    }

    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver != this && driver.acceptsURL(url)) {
                Connection connection = driver.connect(url, info);
                return proxy(Connection.class, new WatchedConnection(connection));
            }
        }
        return null;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object invoke(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private final class WatchedConnection implements InvocationHandler {
        private final Connection connection;
        private final List<String> transaction = new ArrayList<>();

        WatchedConnection(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
            switch (method.getName()) {
                case "commit":
                    List<String> committed = List.copyOf(transaction);
                    transaction.clear();
                    watcher.accept(Breakpoint.When.BEFORE_COMMIT, committed);
                    connection.commit();
                    watcher.accept(Breakpoint.When.AFTER_COMMIT, committed);
                    return null;
                case "rollback":
                    transaction.clear();
                    return WatchedDriver.invoke(connection, method, args);
                default:
                    Object result = WatchedDriver.invoke(connection, method, args);
                    return result instanceof Statement statement
                            ? watched(statement, args == null ? "" : String.valueOf(args[0]))
                            : result;
            }
        }

        private Statement watched(Statement statement, String sql) {
            WatchedStatement handler = new WatchedStatement(statement, sql, this);
            if (statement instanceof CallableStatement) {
                return proxy(CallableStatement.class, handler);
            }
            return statement instanceof PreparedStatement
                    ? proxy(PreparedStatement.class, handler)
                    : proxy(Statement.class, handler);
        }

        private void executed(String sql) throws SQLException {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                transaction.add(sql);
            }
        }
    }

    private final class WatchedStatement implements InvocationHandler {
        private final Statement statement;
        private final String prepared;
        private final WatchedConnection connection;

        WatchedStatement(Statement statement, String prepared, WatchedConnection connection) {
            this.statement = statement;
            this.prepared = prepared;
            this.connection = connection;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
            if (!method.getName().startsWith("execute")) {
                return WatchedDriver.invoke(statement, method, args);
            }
            String text = args != null && args[0] instanceof String own ? own : prepared;
            String sql = text.replaceAll("\\s+", " ");
            watcher.accept(Breakpoint.When.BEFORE, List.of(sql));
            Object result = WatchedDriver.invoke(statement, method, args);
            connection.executed(sql);
            watcher.accept(Breakpoint.When.AFTER, List.of(sql));
            return result;
        }
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith("jdbc:h2:") || url.startsWith("jdbc:postgresql:");
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }
}
