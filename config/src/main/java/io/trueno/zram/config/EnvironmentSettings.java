package io.trueno.zram.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings from variables {@code TRUENO_ZRAM_[SECTION_]KEY}, hyphens written as underscores. Keys
 * of {@code [agent]} go without the section: {@code TRUENO_ZRAM_RUNTIME_DIR}, {@code
 * TRUENO_ZRAM_NBD_LISTEN}, {@code TRUENO_ZRAM_ZRAM0_SIZE}. An empty variable counts as unset.
 */
final class EnvironmentSettings {
    static final String PREFIX = "TRUENO_ZRAM_";

    private EnvironmentSettings() {}

    /** The settings among {@code environment}, in the order of the variables' names. */
    static List<Setting> read(Map<String, String> environment) {
        List<Setting> settings = new ArrayList<>();
        new TreeMap<>(environment)
                .forEach((name, value) -> {
                    if (name.startsWith(PREFIX) && !value.isBlank()) {
                        settings.add(setting(name, value));
                    }
                });
        return settings;
    }

    private static Setting setting(String name, String value) {
        String words = name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
        int hyphen = words.indexOf('-');
        String first = hyphen < 0 ? words : words.substring(0, hyphen);
        boolean sectioned =
                hyphen > 0
                        && ConfigKey.groupOf(first).isPresent()
                        && !first.equals(ConfigKey.AGENT_SECTION);
        return sectioned
                ? new Setting(first, words.substring(hyphen + 1), value, name)
                : new Setting(ConfigKey.AGENT_SECTION, words, value, name);
    }
}
