package io.leadroutes.chatwoot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.event.AttributeType;
import io.leadroutes.event.Priority;
import io.leadroutes.store.Json;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What callers of a verb route and users of a command give, checked before anything is sent. Each method takes a field's
 * name and its value as a route has it (text, number, list, map, or null when it is missing), and throws
 * IllegalArgumentException naming the field, the value and what was expected. Long values are cut there; texts, addresses
 * and attributes are not shown, because they may hold a customer's words or a secret (invariant 12).
 */
public final class Inputs {
    /** The largest integer that JSON readers agree on. */
    private static final long MAX_ID = 1L << 53;

    /** CONTRACT section 3.4. */
    private static final int MAX_TEXT_CHARS = 150_000;

    private static final int MAX_NAME_CHARS = 255;

    /** At least two characters, the first a letter or digit of any script (CONTRACT section 3.10). */
    private static final Pattern LABEL = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}_-]{1,254}");

    /** What tagging stores, defined in the account or not: a comma would make two (CONTRACT section 3.2). */
    private static final Pattern STORED_LABEL = Pattern.compile("[^,\\p{Cntrl}]{1,255}");

    private static final String LABELS = "labels of letters, digits, - and _, at least two characters each";

    private static final String ID = "a whole number from 1 to " + MAX_ID;

    /** Four digits of a year, so that a slip of the unit (milliseconds) or of a digit is found. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

    private static final int MAX_SHOWN_CHARS = 60;

    private static final Pattern ATTRIBUTE_KEY = Pattern.compile("[\\p{L}\\p{N}_.-]{1,255}");

    /** Keys that no definition may have (CONTRACT section 3.5). */
    private static final Map<String, Set<String>> BUILT_IN_KEYS = Map.of(
            "conversation",
            Set.of(
                    "status",
                    "priority",
                    "assignee_id",
                    "inbox_id",
                    "team_id",
                    "display_id",
                    "campaign_id",
                    "labels",
                    "browser_language",
                    "country_code",
                    "referer",
                    "created_at",
                    "last_activity_at"),
            "contact",
            Set.of(
                    "name",
                    "email",
                    "phone_number",
                    "identifier",
                    "country_code",
                    "city",
                    "company_name",
                    "created_at",
                    "last_activity_at",
                    "referer",
                    "blocked"));

    /** Not negative, and few enough digits to reckon with; as JSON writes numbers. */
    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,10}(\\.[0-9]{1,10})?(E[0-9])?");

    private static final Pattern OCCASION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,79}");

    private static final Pattern COLOR = Pattern.compile("#[0-9a-fA-F]{6}");

    /** E.164 (CONTRACT section 3.7). */
    private static final Pattern PHONE = Pattern.compile("\\+[1-9][0-9]{1,14}");

    /** One {@code @} with something on both sides; more is for the mail server to know. */
    private static final Pattern EMAIL = Pattern.compile("[^@\\s\\p{Cntrl}]+@[^@\\s\\p{Cntrl}]+");

    /** In the order of their codes 0 to 7 (API reference, attribute types). */
    static final List<String> ATTRIBUTE_TYPES = AttributeType.words();

    private static final List<String> STATUSES = List.of("open", "resolved", "pending", "snoozed");

    private static final List<String> ANY_STATUS = List.of("open", "resolved", "pending", "snoozed", "all");

    /** In the order of their codes 0 and 1 (CONTRACT section 3.5). */
    private static final List<String> MODELS = List.of("conversation", "contact");

    /** What a macro may do; for those from remove_assigned_team on there is nothing to say. */
    private static final List<String> MACRO_ACTIONS = List.of(
            "add_label",
            "remove_label",
            "assign_team",
            "assign_agent",
            "change_status",
            "change_priority",
            "add_private_note",
            "send_message",
            "remove_assigned_team",
            "resolve_conversation",
            "snooze_conversation");

    /** In a macro, {@code nil} clears the priority. */
    private static final List<String> MACRO_PRIORITIES = List.of("nil", "low", "medium", "high", "urgent");

    /** Those that a webhook may be of (CONTRACT section 1.2). */
    public static final Set<String> EVENTS = Set.of(
            "conversation_created",
            "conversation_updated",
            "conversation_status_changed",
            "message_created",
            "message_updated",
            "contact_created",
            "contact_updated",
            "webwidget_triggered",
            "inbox_created",
            "inbox_updated",
            "conversation_typing_on",
            "conversation_typing_off");

    private static final Pattern MORE_EVENTS = Pattern.compile("automation_event\\.[a-z_]+|macro\\.executed");

    private Inputs() {}

    public static long id(String field, Object value) {
        String text = required(field, value, ID).toString().strip();
        if (!text.matches("[1-9][0-9]{0,15}") || Long.parseLong(text) > MAX_ID) {
            throw wrong(field, value, ID);
        }
        return Long.parseLong(text);
    }

    /** One that may be missing. */
    static OptionalLong optionalId(String field, Object value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(id(field, value));
    }

    /** One or more, as a list or as text with commas. */
    static List<Long> ids(String field, Object value) {
        List<Long> ids = items(field, value, "one or more ids").stream()
                .map(item -> id(field, item))
                .distinct()
                .toList();
        return notEmpty(field, ids, "one or more ids");
    }

    /** One or more label titles to set, lower-cased as Chatwoot defines them (CONTRACT sections 3.2 and 3.10). */
    public static List<String> labels(String field, Object value) {
        return notEmpty(field, titles(field, value), LABELS);
    }

    /**
     * Any number of label titles, for replacing them all. None only as an empty list: an empty text is more likely an
     * expression that found nothing, and would clear them all.
     */
    public static List<String> anyLabels(String field, Object value) {
        if (value instanceof CharSequence text && text.toString().isBlank()) {
            throw new IllegalArgumentException(field + " is empty; expected " + LABELS + ", or an empty list for none");
        }
        return titles(field, value);
    }

    private static List<String> titles(String field, Object value) {
        List<String> labels = new ArrayList<>();
        for (Object item : items(field, value, LABELS)) {
            String label = item.toString().strip().toLowerCase(Locale.ROOT);
            if (!LABEL.matcher(label).matches()) {
                throw wrong(field, item, LABELS);
            }
            labels.add(label);
        }
        return labels.stream().distinct().toList();
    }

    /** One or more labels to look for or to take away, as others may have set them: in any case, with blanks. */
    public static List<String> storedLabels(String field, Object value) {
        String expected = "labels of 1 to 255 characters without commas";
        List<String> labels = new ArrayList<>();
        for (Object item : items(field, value, expected)) {
            String label = item.toString().strip();
            if (!STORED_LABEL.matcher(label).matches()) {
                throw wrong(field, item, expected);
            }
            labels.add(label);
        }
        return notEmpty(field, labels.stream().distinct().toList(), expected);
    }

    /** An amount of money as a number or its text; the limit is Chatwoot's (CONTRACT section 3.6). */
    static BigDecimal amount(String field, Object value) {
        String expected = "an amount from 0 to " + AttributeType.MAX_NUMBER + " such as 50000 or 1299.90";
        String text = required(field, value, expected).toString().strip();
        if (!AMOUNT.matcher(text).matches()) {
            throw wrong(field, value, expected);
        }
        BigDecimal amount = new BigDecimal(text).stripTrailingZeros();
        if (amount.compareTo(BigDecimal.valueOf(AttributeType.MAX_NUMBER)) > 0) {
            throw wrong(field, value, expected);
        }
        return amount.setScale(Math.max(0, amount.scale()));
    }

    /** One title of a label that the account is to define (CONTRACT section 3.10). */
    static String labelTitle(String field, Object value) {
        String expected = "a label of letters, digits, - and _, at least two characters";
        String title = required(field, value, expected).toString().strip().toLowerCase(Locale.ROOT);
        if (!LABEL.matcher(title).matches()) {
            throw wrong(field, value, expected);
        }
        return title;
    }

    static String color(String field, Object value) {
        String expected = "a color such as #1f93ff";
        String color = required(field, value, expected).toString().strip();
        if (!COLOR.matcher(color).matches()) {
            throw wrong(field, value, expected);
        }
        return color;
    }

    static boolean flag(String field, Object value) {
        return oneOf(field, value, List.of("true", "false")).equals("true");
    }

    public static Priority priority(String field, Object value) {
        String expected = "none, low, medium, high or urgent";
        String word = required(field, value, expected).toString().strip();
        try {
            return Priority.of(word.isEmpty() ? "empty" : word);
        } catch (IllegalArgumentException e) {
            throw wrong(field, value, expected);
        }
    }

    public static String status(String field, Object value) {
        return oneOf(field, value, STATUSES);
    }

    /** A status, or {@code all}: to look for. */
    public static String anyStatus(String field, Object value) {
        return oneOf(field, value, ANY_STATUS);
    }

    static String oneOf(String field, Object value, List<String> words) {
        String expected = "one of " + String.join(", ", words);
        String word = required(field, value, expected).toString().strip().toLowerCase(Locale.ROOT);
        if (!words.contains(word)) {
            throw wrong(field, value, expected);
        }
        return word;
    }

    /** Epoch seconds, or ISO-8601 with a zone; within this century. */
    static Instant time(String field, Object value) {
        String expected = "epoch seconds or a time such as 2026-12-31T09:00:00Z, from 2000 to 2099";
        String text = required(field, value, expected).toString().strip();
        try {
            Instant time = text.matches("[0-9]{9,10}")
                    ? Instant.ofEpochSecond(Long.parseLong(text))
                    : OffsetDateTime.parse(text).toInstant();
            if (!time.isBefore(EARLIEST) && time.isBefore(LATEST)) {
                return time;
            }
        } catch (DateTimeException e) {
            throw wrong(field, value, expected);
        }
        throw wrong(field, value, expected);
    }

    /** A time that is still to come; {@code now} is the time of asking. */
    static Instant future(String field, Object value, Instant now) {
        Instant time = time(field, value);
        if (!time.isAfter(now)) {
            throw wrong(field, value, "a time after now, " + now.truncatedTo(ChronoUnit.SECONDS));
        }
        return time;
    }

    static String text(String field, Object value) {
        String text = required(field, value, "a text").toString();
        int chars = chars(text);
        if (text.indexOf('\u0000') >= 0) {
            throw new IllegalArgumentException(field + " has a character U+0000; expected a text without");
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException(field + " is blank; expected a text of 1 to " + MAX_TEXT_CHARS);
        }
        if (chars > MAX_TEXT_CHARS) {
            throw new IllegalArgumentException(
                    field + " has " + chars + " characters; expected a text of 1 to " + MAX_TEXT_CHARS);
        }
        return text;
    }

    /** One or more names, as a list or as text with commas. */
    static List<String> texts(String field, Object value) {
        List<String> texts = items(field, value, "one or more texts").stream()
                .map(item -> name(field, item))
                .toList();
        return notEmpty(field, texts, "one or more texts");
    }

    static String name(String field, Object value) {
        String text = text(field, value).strip();
        if (chars(text) > MAX_NAME_CHARS) {
            throw new IllegalArgumentException(
                    field + " has " + chars(text) + " characters; expected at most " + MAX_NAME_CHARS);
        }
        return text;
    }

    /** What a message is written for: a part of its key in the outbox. */
    static String occasion(String field, Object value) {
        String expected = "a name of at most 80 letters, digits, _ . and -";
        String name = required(field, value, expected).toString().strip();
        if (!OCCASION.matcher(name).matches()) {
            throw wrong(field, value, expected);
        }
        return name;
    }

    /** The server keeps what looks like an address; it is not shown, because it is a customer's (CONTRACT section 3.7). */
    static String email(String field, Object value) {
        String email = name(field, value);
        if (!EMAIL.matcher(email).matches()) {
            throw new IllegalArgumentException(field + " is no e-mail address; expected one such as ada@example.com");
        }
        return email;
    }

    /** Not shown, because it is a customer's. */
    static String phone(String field, Object value) {
        String phone = name(field, value);
        if (!PHONE.matcher(phone).matches()) {
            throw new IllegalArgumentException(
                    field + " is no phone number in E.164 form; expected + and 2 to 15 digits such as +4790012345");
        }
        return phone;
    }

    /**
     * A regular expression. The server keeps any text, and the dashboard then fails over it (CONTRACT section 3.5); what
     * Java cannot compile is taken to be none, although the dialects differ a little.
     */
    static String regex(String field, Object value) {
        String regex = text(field, value);
        if (chars(regex) > MAX_NAME_CHARS) {
            throw new IllegalArgumentException(
                    field + " has " + chars(regex) + " characters; expected at most " + MAX_NAME_CHARS);
        }
        try {
            return Pattern.compile(regex).pattern();
        } catch (PatternSyntaxException e) {
            throw wrong(
                    field, value, "a regular expression; " + e.getDescription().toLowerCase(Locale.ROOT));
        }
    }

    /** As the server counts them: a character outside the basic plane is one. */
    private static int chars(String text) {
        return text.codePointCount(0, text.length());
    }

    static String attributeKey(String field, Object value) {
        String expected = "a key of letters, digits, _ . and -";
        String key = required(field, value, expected).toString().strip();
        if (!ATTRIBUTE_KEY.matcher(key).matches()) {
            throw wrong(field, value, expected);
        }
        return key;
    }

    /** The key of an attribute that the account is to define (CONTRACT section 3.5); {@code model} is a checked one. */
    static String definitionKey(String field, Object value, String model) {
        String key = attributeKey(field, value);
        if (BUILT_IN_KEYS.get(model).contains(key)) {
            throw wrong(field, value, "a key that a " + model + " does not have by itself");
        }
        return key;
    }

    static List<String> attributeKeys(String field, Object value) {
        List<String> keys = items(field, value, "one or more keys").stream()
                .map(item -> attributeKey(field, item))
                .distinct()
                .toList();
        return notEmpty(field, keys, "one or more keys");
    }

    /** A type's word from its word or its code. */
    static String attributeType(String field, Object value) {
        return wordOrCode(field, value, ATTRIBUTE_TYPES);
    }

    /** What an attribute belongs to, {@code conversation} or {@code contact}, from its word or its code. */
    static String model(String field, Object value) {
        return wordOrCode(field, value, MODELS);
    }

    private static String wordOrCode(String field, Object value, List<String> words) {
        String text = String.valueOf(value).strip();
        boolean isCode = text.matches("[0-9]") && Integer.parseInt(text) < words.size();
        return isCode ? words.get(Integer.parseInt(text)) : oneOf(field, value, words);
    }

    /** A map, or JSON text of an object; the limits are Chatwoot's (CONTRACT section 3.6). */
    public static Map<String, Object> attributes(String field, Object value) {
        String expected = "an object of keys and values";
        Map<String, Object> attributes = new LinkedHashMap<>();
        asMap(field, required(field, value, expected), expected).forEach((key, item) -> {
            String checked = attributeKey(field, key);
            attributes.put(checked, attributeValue(field + "." + checked, item));
        });
        if (attributes.isEmpty()) {
            throw new IllegalArgumentException(field + " is empty; expected " + expected);
        }
        return attributes;
    }

    /** A map, or JSON text of an object, with the values as texts; what is null is not there. */
    static Map<String, String> values(String field, Object value) {
        Map<String, String> texts = new LinkedHashMap<>();
        asMap(field, value, "an object of keys and values").forEach((key, item) -> {
            if (item != null) {
                texts.put(String.valueOf(key), String.valueOf(item));
            }
        });
        return texts;
    }

    private static Object attributeValue(String field, Object value) {
        if (value instanceof String text) {
            if (chars(text) > AttributeType.MAX_CHARS) {
                throw new IllegalArgumentException(
                        field + " has " + chars(text) + " characters; expected at most " + AttributeType.MAX_CHARS);
            }
        } else if (value instanceof Number number) {
            if (!isStorable(number)) {
                throw wrong(field, value, "a number, a whole one up to " + AttributeType.MAX_NUMBER);
            }
        } else if (value == null) {
            throw new IllegalArgumentException(
                    field + " is null; expected a text, a number, true, false, a list or an object");
        }
        checkJson(field, value);
        return value;
    }

    /** What is within lists and objects has no limits (CONTRACT section 3.6), but has to be JSON that a database holds. */
    private static void checkJson(String field, Object value) {
        if (value instanceof List<?> list) {
            list.forEach(item -> checkJson(field, item));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> {
                checkJson(field, key);
                checkJson(field, item);
            });
        } else if (value instanceof String text && text.indexOf('\u0000') >= 0) {
            throw new IllegalArgumentException(field + " has a character U+0000; expected a text without");
        } else if (value instanceof Double || value instanceof Float) {
            if (!Double.isFinite(((Number) value).doubleValue())) {
                throw wrong(field, value, "a finite number");
            }
        } else if (!(value == null || value instanceof String || value instanceof Number || value instanceof Boolean)) {
            throw new IllegalArgumentException(field + " is of type "
                    + value.getClass().getSimpleName()
                    + "; expected a text, a number, true, false, a list or an object");
        }
    }

    /** The server's limit is for whole numbers only; JSON has no word for infinity. */
    private static boolean isStorable(Number number) {
        if (number instanceof Double || number instanceof Float) {
            return Double.isFinite(number.doubleValue());
        }
        BigDecimal decimal = new BigDecimal(number.toString());
        return decimal.scale() > 0 || decimal.abs().compareTo(BigDecimal.valueOf(AttributeType.MAX_NUMBER)) <= 0;
    }

    private static Map<?, ?> asMap(String field, Object value, String expected) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        try {
            JsonNode json = Json.tree(value.toString());
            if (json.isObject()) {
                return Json.map(json);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(field + " is not JSON; expected " + expected);
        }
        throw new IllegalArgumentException(field + " is no object; expected " + expected);
    }

    static String webhookUrl(String field, Object value) {
        String expected = "an http or https address with a host";
        String text = required(field, value, expected).toString().strip();
        if (!isWebAddress(text)) {
            throw new IllegalArgumentException(field + " is no address for webhooks; expected " + expected);
        }
        return text;
    }

    private static boolean isWebAddress(String text) {
        try {
            URI uri = new URI(text);
            return uri.getHost() != null
                    && List.of("http", "https").contains(uri.getScheme().toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static List<String> subscriptions(String field, Object value) {
        return events(field, value, EVENTS::contains, "webhook events such as message_created");
    }

    /** Types of events that may come in: those that can be subscribed to, and those of automation rules and macros. */
    static List<String> eventTypes(String field, Object value) {
        return events(
                field,
                value,
                type -> EVENTS.contains(type) || MORE_EVENTS.matcher(type).matches(),
                "types of events such as message_created, automation_event.message_created or macro.executed");
    }

    private static List<String> events(String field, Object value, Predicate<String> isKnown, String expected) {
        List<String> events = new ArrayList<>();
        for (Object item : items(field, value, expected)) {
            String event = item.toString().strip();
            if (!isKnown.test(event)) {
                throw wrong(field, item, expected);
            }
            events.add(event);
        }
        return notEmpty(field, events.stream().distinct().toList(), expected);
    }

    /**
     * What a macro does, in the server's words: a list of maps, or JSON text of one, each with {@code action_name} and
     * {@code action_params} (notes, reliability, section 5). The server takes any parameters and fails in silence later.
     */
    static List<Map<String, Object>> macroActions(String field, Object value) {
        String expected = "a list of actions such as [{\"action_name\":\"add_label\",\"action_params\":[\"vip\"]}]";
        List<?> given =
                value instanceof List<?> list ? list : asList(field, required(field, value, expected), expected);
        List<Map<String, Object>> actions = new ArrayList<>();
        for (Object item : notEmpty(field, given, expected)) {
            if (!(item instanceof Map<?, ?> action)) {
                throw new IllegalArgumentException(field + " has an item that is no object; expected " + expected);
            }
            String name = oneOf(field + ".action_name", action.get("action_name"), MACRO_ACTIONS);
            String params = field + "." + name;
            Map<String, Object> checked = new LinkedHashMap<>();
            checked.put("action_name", name);
            checked.put("action_params", macroParameters(params, name, action.get("action_params")));
            actions.add(checked);
        }
        return actions;
    }

    private static List<?> macroParameters(String field, String action, Object value) {
        List<?> given = value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
        return switch (action) {
            case "add_label" -> labels(field, given);
            case "remove_label" -> storedLabels(field, given);
            case "assign_team" -> List.of(id(field, only(field, given)));
            case "assign_agent" ->
                List.of("self".equals(only(field, given)) ? "self" : (Object) id(field, only(field, given)));
            case "change_status" -> List.of(status(field, only(field, given)));
            case "change_priority" -> List.of(oneOf(field, only(field, given), MACRO_PRIORITIES));
            case "add_private_note", "send_message" -> List.of(text(field, only(field, given)));
            default -> {
                if (!given.isEmpty()) {
                    throw new IllegalArgumentException(field + " has " + given.size() + " parameters; expected none");
                }
                yield given;
            }
        };
    }

    private static Object only(String field, List<?> given) {
        if (given.size() != 1) {
            throw new IllegalArgumentException(field + " has " + given.size() + " parameters; expected one");
        }
        return given.get(0);
    }

    private static List<?> asList(String field, Object value, String expected) {
        try {
            JsonNode json = Json.tree(value.toString());
            if (json.isArray()) {
                return Json.list(json);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(field + " is not JSON; expected " + expected);
        }
        throw new IllegalArgumentException(field + " is no list; expected " + expected);
    }

    /** The members of a list or an array, or the parts of a text between commas. */
    private static List<Object> items(String field, Object value, String expected) {
        List<Object> items = new ArrayList<>();
        if (required(field, value, expected) instanceof Collection<?> many) {
            items.addAll(many);
        } else if (value instanceof Object[] many) {
            items.addAll(Arrays.asList(many));
        } else {
            Arrays.stream(value.toString().split(",", -1))
                    .map(String::strip)
                    .filter(item -> !item.isEmpty())
                    .forEach(items::add);
        }
        if (items.contains(null)) {
            throw new IllegalArgumentException(field + " has a null among its items; expected " + expected);
        }
        return items;
    }

    private static <L extends List<?>> L notEmpty(String field, L items, String expected) {
        if (items.isEmpty()) {
            throw new IllegalArgumentException(field + " is empty; expected " + expected);
        }
        return items;
    }

    private static Object required(String field, Object value, String expected) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing; expected " + expected);
        }
        return value;
    }

    private static IllegalArgumentException wrong(String field, Object value, String expected) {
        return new IllegalArgumentException(field + " is \"" + shown(value) + "\"; expected " + expected);
    }

    static String shown(Object value) {
        String line = String.valueOf(value).replaceAll("\\p{Cntrl}", " ");
        return line.length() <= MAX_SHOWN_CHARS ? line : line.substring(0, MAX_SHOWN_CHARS) + "...";
    }
}
