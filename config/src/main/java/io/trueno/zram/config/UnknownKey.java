package io.trueno.zram.config;

import java.util.List;
import java.util.Optional;

/** Says what is wrong with a key that does not exist, and what was probably meant. */
final class UnknownKey {
    private UnknownKey() {}

    /** One line that names the origin and the key. */
    static String describe(Setting setting) {
        Optional<ConfigKey.Group> group = ConfigKey.groupOf(setting.section());
        if (group.isEmpty()) {
            return setting.origin()
                    + ": unknown section ["
                    + setting.section()
                    + "], ignored: "
                    + suggest(
                            NearMiss.among(
                                    List.of(
                                            ConfigKey.AGENT_SECTION,
                                            ConfigKey.NBD_SECTION,
                                            ConfigKey.DEFAULT_SECTION),
                                    setting.section()),
                            "use [agent], [nbd], [default] or [zramN]");
        }
        List<String> keys = ConfigKey.inGroup(group.get()).stream().map(ConfigKey::text).toList();
        return setting.origin()
                + ": unknown key "
                + setting.key()
                + " in ["
                + setting.section()
                + "], ignored: "
                + suggest(
                        NearMiss.among(keys, setting.key()),
                        "the keys here are " + String.join(", ", keys));
    }

    private static String suggest(Optional<String> meant, String otherwise) {
        return meant.map(m -> "did you mean " + m + "?").orElse(otherwise);
    }
}
