package io.leadroutes.chatwoot;

import io.leadroutes.store.Commands;
import io.leadroutes.store.Json;
import io.leadroutes.store.LogFields;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the route {@code jms-commands} does with a command of another system; the route holds the flow. */
public final class CommandQueue {
    private static final Logger LOG = LoggerFactory.getLogger(CommandQueue.class);

    private final Commands commands;
    private final long accountId;
    private final List<String> outcomeLabels;
    private final Clock clock;

    /** @param outcomeLabels those of a won deal and of a lost one (setting deal.labels) */
    public CommandQueue(Commands commands, long accountId, List<String> outcomeLabels, Clock clock) {
        this.commands = commands;
        this.accountId = accountId;
        this.outcomeLabels = outcomeLabels;
        this.clock = clock;
    }

    /**
     * Makes wishes of a command, once however often it comes, and returns when they are on disk.
     *
     * @param messageId names a command that has no id of its own
     * @return the answer, as JSON: {@code {"accepted":true,"id":"...","wishes":[1,2]}}
     * @throws IllegalArgumentException naming each field that is wrong, its value and what was expected
     * @throws org.springframework.dao.DataAccessException if it could not be stored
     * @throws io.leadroutes.store.StoreBrokenException if it is not known to be on disk, and will not be before a restart
     */
    public String carryOut(@Header("JMSMessageID") String messageId, @Body String text) {
        CommandReader.Command command = CommandReader.read(messageId, text, outcomeLabels, clock.instant());
        List<Long> wishes = commands.take(command.id(), accountId, command.conversation(), command.wishes());
        LOG.atInfo()
                .addKeyValue(LogFields.ACTION, "command-taken")
                .addKeyValue(LogFields.CONVERSATION, command.conversation())
                .log("command taken, {} wish(es)", wishes.size());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("accepted", true);
        answer.put("id", command.id());
        answer.put("wishes", wishes);
        return Json.write(answer);
    }

    /** @return the answer to what is no command, as JSON: {@code {"accepted":false,"error":"..."}} */
    public String refuse(@ExchangeException IllegalArgumentException failure) {
        LOG.warn("a message is no command and is set aside");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("accepted", false);
        answer.put("error", failure.getMessage());
        return Json.write(answer);
    }
}
