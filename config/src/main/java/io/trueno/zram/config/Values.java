package io.trueno.zram.config;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings that won, by section and key. */
final class Values {
    private final Map<String, Map<ConfigKey, Setting>> bySection = new LinkedHashMap<>();

    /** Notes a section, which makes a device even if nothing is set in it. */
    void declare(String section) {
        bySection.computeIfAbsent(section, s -> new EnumMap<>(ConfigKey.class));
    }

    /** Sets a key, over whatever a weaker source had said. */
    void put(ConfigKey key, Setting setting) {
        bySection
                .computeIfAbsent(setting.section(), s -> new EnumMap<>(ConfigKey.class))
                .put(key, setting);
    }

    Optional<Setting> get(String section, ConfigKey key) {
        return Optional.ofNullable(bySection.getOrDefault(section, Map.of()).get(key));
    }

    /** The sections that name devices, in order of their numbers. */
    List<String> devices() {
        return bySection.keySet().stream()
                .filter(s -> ConfigKey.DEVICE_SECTION.matcher(s).matches())
                .sorted((a, b) -> Integer.compare(number(a), number(b)))
                .toList();
    }

    private static int number(String device) {
        return Integer.parseInt(device.substring("zram".length()));
    }
}
