package io.trueno.zram.config;

/**
 * One value as it was found, before anything is checked.
 *
 * @param section {@code agent}, {@code nbd}, {@code default} or {@code zramN}
 * @param key as it stands in a file: lower case, words joined by hyphens
 * @param value as it was written
 * @param origin where it was found, as an error names it: a file, a variable, a flag
 */
public record Setting(String section, String key, String value, String origin) {
    /** A section that holds nothing: it still makes a device, or is unknown. */
    static Setting emptySection(String section, String origin) {
        return new Setting(section, "", "", origin);
    }

    boolean isEmptySection() {
        return key.isEmpty();
    }

    /** For the start of a message: {@code /etc/….conf: [zram0] size = '5q'}. */
    String describe() {
        return origin + ": [" + section + "] " + key + " = '" + value + "'";
    }
}
