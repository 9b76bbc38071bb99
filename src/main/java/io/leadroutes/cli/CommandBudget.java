package io.leadroutes.cli;

import io.leadroutes.chatwoot.Budget;
import io.leadroutes.store.Database;
import io.leadroutes.store.Permits;
import java.time.Clock;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * The budget of calls that a command has: that of the leadroutes that runs, where both can use its database, else one of its
 * own. An H2 file is never opened for it, because a leadroutes could not be started as long as the command ran.
 *
 * @param database where it is shared
 * @param told which it is, for who started the command
 */
record CommandBudget(Budget budget, Optional<Database> database, String told) implements AutoCloseable {

    static CommandBudget open(Settings settings, Clock clock) {
        String url = settings.text("database.url");
        if (!Settings.isDatabaseUrl(url)) {
            return own(settings, clock, "database.url is none of H2 or PostgreSQL");
        }
        if (Database.isExclusive(url)) {
            return own(settings, clock, "an H2 file is used by one process only");
        }
        Database database;
        try {
            database = Database.beside(
                    "leadroutes", url, settings.text("database.user"), settings.text("database.password"));
        } catch (CannotGetJdbcConnectionException e) {
            return own(
                    settings,
                    clock,
                    "database.url cannot be opened: "
                            + Lines.plain(String.valueOf(e.getCause().getMessage())));
        }
        int limit = settings.number("chatwoot.rate-limit");
        try {
            return new CommandBudget(
                    Budget.beside(limit, clock, new Permits(database)),
                    Optional.of(database),
                    "budget: " + limit + " calls a minute, together with leadroutes");
        } catch (DataAccessException e) {
            database.close();
            return own(
                    settings,
                    clock,
                    "database.url has no budget that can be read: "
                            + e.getClass().getSimpleName());
        }
    }

    private static CommandBudget own(Settings settings, Clock clock, String why) {
        int limit = settings.number("chatwoot.rate-limit");
        return new CommandBudget(
                new Budget(limit, clock),
                Optional.empty(),
                "budget: " + limit + " calls a minute, beside those of leadroutes (" + why + ")");
    }

    @Override
    public void close() {
        database.ifPresent(Database::close);
    }
}
