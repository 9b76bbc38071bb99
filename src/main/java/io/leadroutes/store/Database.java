package io.leadroutes.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.api.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One SQL database, H2 or PostgreSQL, with its connections and its schema.
 *
 * <p>Thread-safe. Close it after the routes have stopped.
 */
public final class Database implements AutoCloseable {
    /** For those who ask now and then: the writer of the inbox, schedulers, admin, health. */
    private static final int CONNECTIONS_OF_OTHERS = 4;

    private static final long CONNECTION_TIMEOUT_MS = 5_000;

    /**
     * A server, database or role may be set to answer before the disk has it; other values all wait for the disk. A replica
     * that stands still in a transaction would hold its locks, and thereby all others, for as long: the row of the budget
     * for one, without which nobody makes a call.
     */
    private static final String POSTGRES_SESSION = """
            SELECT set_config('synchronous_commit',
                CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                ELSE current_setting('synchronous_commit') END, false),
              set_config('idle_in_transaction_session_timeout', '5s', false)""";

    /** idle_in_transaction_session_timeout (PostgreSQL, appendix A, error codes). */
    private static final String STOOD_STILL = "25P03";

    private static final Set<Integer> H2_BROKEN = Set.of(
            ErrorCode.IO_EXCEPTION_1,
            ErrorCode.IO_EXCEPTION_2,
            ErrorCode.FILE_CORRUPTED_1,
            ErrorCode.DATABASE_IS_CLOSED,
            ErrorCode.GENERAL_ERROR_1);
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    static {
        // H2 would hash every payload to look for an equal one in a cache: a quarter of the writer's time (measured).
        System.setProperty("h2.objectCache", "false");
    }

    private final String name;
    private final HikariDataSource pool;
    private final DataSource dataSource;
    private final JdbcClient jdbc;
    private final NamedParameterJdbcTemplate batches;
    private final PlatformTransactionManager transactions;
    private final boolean h2;
    private final boolean exclusive;
    private final AtomicLong syncsAskedFor = new AtomicLong();

    /** Guarded by {@link #syncsAskedFor}. */
    private long syncsDone;

    /** Of the first that failed; written under {@link #syncsAskedFor}. */
    private volatile StoreBrokenException syncFailure;

    /**
     * Connects and brings the schema up to date.
     *
     * @param name for thread and log names
     * @param migrations class path folder of the Flyway migrations, empty for a schema that is not ours
     * @param threads that work with it all the time, each with a connection of its own; there are four more for the others
     */
    public Database(String name, String url, String user, String password, String migrations, int threads) {
        this(name, url, user, password, migrations, threads + CONNECTIONS_OF_OTHERS, false, false);
        open();
    }

    /** As with the constructor, but it is connected to by {@link #open}, or when it is first used. */
    public static Database toOpen(
            String name, String url, String user, String password, String migrations, int threads) {
        return new Database(name, url, user, password, migrations, threads + CONNECTIONS_OF_OTHERS, false, false);
    }

    /** A database that may be away now: it is connected to, and its schema brought up to date, when it is first used. */
    public static Database onFirstUse(
            String name, String url, String user, String password, String migrations, int threads) {
        return new Database(name, url, user, password, migrations, threads + CONNECTIONS_OF_OTHERS, true, false);
    }

    /**
     * A database that is as it is: without a schema brought up to date, and with nothing written as far as it can see to that.
     */
    public static Database toRead(String name, String url, String user, String password) {
        boolean isFile = isExclusive(url) && !url.toLowerCase(Locale.ROOT).startsWith("jdbc:h2:mem:");
        String readOnly = isFile ? url + ";ACCESS_MODE_DATA=r" : url;
        return new Database(name, readOnly, user, password, "", 1, false, true).open();
    }

    /** One that another process has made and uses: as it is, and not made if it is not there. */
    public static Database beside(String name, String url, String user, String password) {
        String asItIs = isH2(url) ? url + ";IFEXISTS=TRUE" : url;
        return new Database(name, asItIs, user, password, "", 1, false, false).open();
    }

    /** True if only one process at a time can use this database: a file that H2 locks, or its memory. */
    public static boolean isExclusive(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        return isH2(url)
                && !lower.startsWith("jdbc:h2:tcp:")
                && !lower.startsWith("jdbc:h2:ssl:")
                && !lower.contains(";auto_server=true");
    }

    private static boolean isH2(String url) {
        return url.toLowerCase(Locale.ROOT).startsWith("jdbc:h2:");
    }

    private Database(
            String name,
            String url,
            String user,
            String password,
            String migrations,
            int connections,
            boolean mayBeAway,
            boolean isReadOnly) {
        this.name = name;
        h2 = isH2(url);
        exclusive = isExclusive(url);
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(h2 ? withH2Settings(url) : url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MS);
        config.setReadOnly(isReadOnly);
        if (!h2) {
            config.addDataSourceProperty("reWriteBatchedInserts", "true");
            // A failure's message would hold what was to be stored.
            config.addDataSourceProperty("logServerErrorDetail", "false");
            // The driver's default holds for transactions only, not for a statement alone.
            config.addDataSourceProperty("readOnlyMode", "always");
            config.setConnectionInitSql(POSTGRES_SESSION);
        }
        if (mayBeAway) {
            config.setInitializationFailTimeout(-1);
        }
        // With the configuration given to its constructor it would connect at once.
        pool = new HikariDataSource();
        config.copyStateTo(pool);
        dataSource = new MigratingDataSource(pool, () -> migrate(pool, name, migrations));
        batches = new NamedParameterJdbcTemplate(dataSource);
        jdbc = JdbcClient.create(batches);
        transactions = new JdbcTransactionManager(dataSource);
    }

    /**
     * Connects and brings the schema up to date.
     *
     * @throws CannotGetJdbcConnectionException if it cannot be connected to, with what the driver says of it as cause
     */
    public Database open() {
        try {
            pool.getConnection().close();
            dataSource.getConnection().close();
        } catch (SQLException e) {
            throw new CannotGetJdbcConnectionException(name + " cannot be opened", e);
        }
        if (!h2) {
            warnUnlessServerSyncs();
        }
        return this;
    }

    private void warnUnlessServerSyncs() {
        String fsync =
                jdbc.sql("SELECT current_setting('fsync')").query(String.class).single();
        if (!fsync.equals("on")) {
            LOG.warn(
                    "the PostgreSQL server of {} has fsync = {}; what it has stored does not survive a power cut",
                    name,
                    fsync);
        }
    }

    private static void migrate(DataSource dataSource, String name, String migrations) {
        if (!migrations.isEmpty()) {
            Flyway.configure()
                    .dataSource(dataSource)
                    .locations("classpath:" + migrations)
                    .table("schema_history_" + name)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        }
    }

    /**
     * H2 must not close at the JVM's exit before our own orderly stop, caches too few statements by default, and takes
     * times for local ones: where the process's zone sets clocks back, they would be an hour off.
     */
    private static String withH2Settings(String url) {
        String upper = url.toUpperCase(Locale.ROOT);
        StringBuilder out = new StringBuilder(url);
        for (String setting : List.of(
                "MODE=PostgreSQL",
                "TIME ZONE=UTC",
                "DB_CLOSE_ON_EXIT=FALSE",
                "LOCK_TIMEOUT=10000",
                "QUERY_CACHE_SIZE=100")) {
            // H2 refuses the one beside AUTO_SERVER, by which an operator looks into a running database.
            boolean isRefused = setting.startsWith("DB_CLOSE_ON_EXIT") && upper.contains(";AUTO_SERVER=TRUE");
            if (!isRefused && !upper.contains(";" + setting.substring(0, setting.indexOf('=') + 1))) {
                out.append(';').append(setting);
            }
        }
        return out.toString();
    }

    public DataSource dataSource() {
        return dataSource;
    }

    public PlatformTransactionManager transactions() {
        return transactions;
    }

    /** True if only this process can use the database: a file that H2 has locked, or its memory. */
    public boolean isExclusive() {
        return exclusive;
    }

    JdbcClient jdbc() {
        return jdbc;
    }

    /** Runs a statement with each of these sets of parameters, and says how many rows each changed; not of an INSERT. */
    int[] batch(String sql, Stream<SqlParameterSource> rows) {
        SqlParameterSource[] all = rows.toArray(SqlParameterSource[]::new);
        return all.length == 0 ? new int[0] : batches.batchUpdate(sql, all);
    }

    /** One parameter for many, so that the statement is the same however many there are: {@code = ANY(:ids)}. */
    static SqlArrayValue numbers(Collection<Long> numbers) {
        return new SqlArrayValue("bigint", numbers.toArray());
    }

    /** As {@link #numbers}. */
    static SqlArrayValue texts(Collection<String> texts) {
        return new SqlArrayValue("varchar", texts.toArray());
    }

    /** @throws DataAccessException if the database does not answer */
    public void ping() {
        jdbc.sql("SELECT 1").query(Integer.class).single();
    }

    TransactionTemplate transaction() {
        return new TransactionTemplate(transactions);
    }

    /** Runs it when the surrounding transaction is committed; at once if there is none. */
    void afterCommit(Runnable action) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            action.run();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }

    /**
     * In a transaction: routes of others work in it, perhaps with a call of theirs, so that it may do nothing for longer
     * than those whose locks everybody needs.
     */
    void mayStandStill() {
        if (!h2) {
            jdbc.sql("SET LOCAL idle_in_transaction_session_timeout = '30s'").update();
        }
    }

    /**
     * Returns when everything committed so far is on disk. PostgreSQL's commit has already done that; H2 needs one
     * {@code CHECKPOINT SYNC}, which does exactly one fsync (measured on 2.4.240; {@code WRITE_DELAY=0} does none).
     *
     * @throws StoreBrokenException if it failed, now or ever before in this process: it is not tried again
     */
    public void sync() {
        if (h2) {
            long mine = syncsAskedFor.incrementAndGet();
            synchronized (syncsAskedFor) {
                // One that began after this was asked for has done it for all who waited.
                if (syncsDone < mine) {
                    long all = syncsAskedFor.get();
                    checkpoint();
                    syncsDone = all;
                }
            }
        }
    }

    private void checkpoint() {
        if (syncFailure != null) {
            throw new StoreBrokenException(syncFailure);
        }
        try {
            jdbc.sql("CHECKPOINT SYNC").update();
        } catch (CannotGetJdbcConnectionException e) {
            throw e;
        } catch (DataAccessException e) {
            // Held off by an exclusive session it has not been tried.
            if (hasCode(e, Set.of(ErrorCode.DATABASE_IS_IN_EXCLUSIVE_MODE))) {
                throw e;
            }
            syncFailure = new StoreBrokenException(e);
            throw syncFailure;
        }
    }

    /** What only a restart mends; absent if nothing is wrong that is known. */
    public Optional<String> problem() {
        return Optional.ofNullable(syncFailure)
                .map(failure -> "the disk did not take what was written; nothing is acknowledged until a restart ("
                        + Failures.kind(failure) + ")");
    }

    /** True if H2 could not write its file or has closed itself because of that: what it holds may not be on disk. */
    boolean isBrokenBy(Throwable failure) {
        return h2 && hasCode(failure, H2_BROKEN);
    }

    /** True if PostgreSQL has ended the transaction because nothing happened in it for too long. */
    boolean isEndedBy(Throwable failure) {
        return Failures.causes(failure)
                .anyMatch(cause -> cause instanceof SQLException sql && STOOD_STILL.equals(sql.getSQLState()));
    }

    private static boolean hasCode(Throwable failure, Set<Integer> codes) {
        return Failures.causes(failure)
                .anyMatch(cause -> cause instanceof SQLException sql && codes.contains(sql.getErrorCode()));
    }

    @Override
    public void close() {
        pool.close();
    }

    /** Brings the schema up to date before it gives out its first connection. */
    private static final class MigratingDataSource extends DelegatingDataSource {
        private final Runnable migration;
        private volatile boolean migrated;

        MigratingDataSource(DataSource target, Runnable migration) {
            super(target);
            this.migration = migration;
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (!migrated) {
                migrateOnce();
            }
            return super.getConnection();
        }

        private synchronized void migrateOnce() {
            if (!migrated) {
                migration.run();
                migrated = true;
            }
        }
    }
}
