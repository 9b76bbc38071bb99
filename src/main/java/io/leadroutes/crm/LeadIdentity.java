package io.leadroutes.crm;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Which record of a CRM a lead is. By the id under which the CRM knows the contact, else by phone or e-mail; never by guess:
 * where that is more than one record, or one of another contact, a person has to decide. Pure.
 */
public final class LeadIdentity {

    /**
     * The record that is the lead.
     *
     * @param records those that have the external id, the former one, the phone number or the e-mail address of the lead; keys
     *     in any case, {@code id} and {@code externalKey} among them
     * @param externalKey of the field that has the external id of the contact that the record is linked with, empty if none
     * @param external id of the lead's contact, as {@link #external} makes it
     * @param former that of the contact that was merged into it; null or empty if none was
     * @return an empty map if there is none yet
     * @throws IllegalArgumentException if it cannot be told, which sets the lead aside as a dead letter
     */
    public Map<String, Object> one(
            List<Map<String, Object>> records, String externalKey, String external, String former) {
        return linked(records, externalKey, external)
                .or(() -> former == null || former.isEmpty() ? Optional.empty() : linked(records, externalKey, former))
                .orElseGet(() -> unlinked(records, externalKey, external));
    }

    /** The id of {@link #one}, or that which a new record is to have. */
    public String idOf(List<Map<String, Object>> records, String externalKey, String external, String former) {
        String id = text(one(records, externalKey, external, former), "id");
        return id.isEmpty() ? newId("lead", external) : id;
    }

    private static Optional<Map<String, Object>> linked(
            List<Map<String, Object>> records, String externalKey, String external) {
        List<Map<String, Object>> found = records.stream()
                .filter(record -> text(record, externalKey).equals(external))
                .toList();
        if (found.size() > 1) {
            throw conflict(external, found);
        }
        return found.stream().findFirst();
    }

    private static Map<String, Object> unlinked(
            List<Map<String, Object>> records, String externalKey, String external) {
        boolean isAnothers =
                records.stream().anyMatch(record -> !text(record, externalKey).isEmpty());
        if (isAnothers || records.size() > 1) {
            throw conflict(external, records);
        }
        return records.isEmpty() ? Map.of() : records.get(0);
    }

    private static IllegalArgumentException conflict(String external, List<Map<String, Object>> records) {
        List<String> ids =
                records.stream().map(record -> text(record, "id")).distinct().toList();
        return new IllegalArgumentException(
                "conflict: contact " + external + " may be the CRM's " + String.join(", ", ids)
                        + "; expected one record that is linked with no other contact: put that right there, then retry");
    }

    private static String text(Map<String, Object> record, String key) {
        return record.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(key))
                .map(Map.Entry::getValue)
                .filter(Objects::nonNull)
                .map(value -> value.toString().strip())
                .findFirst()
                .orElse("");
    }

    /** The id by which a CRM may know a contact of several accounts; empty without a contact. */
    public String external(Object account, Object contact) {
        return contact == null ? "" : account + "-" + contact;
    }

    /** The id of a record that is not there yet: the same each time, so that to insert it twice fails. */
    public String newId(String kind, String text) {
        return UUID.nameUUIDFromBytes((kind + ":" + text).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
