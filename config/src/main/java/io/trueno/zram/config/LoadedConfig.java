package io.trueno.zram.config;

import java.util.List;

/**
 * A usable configuration and what should be said about it.
 *
 * @param config the records
 * @param warnings one line each: unknown keys, and addresses that others can reach
 */
public record LoadedConfig(AgentConfig config, List<String> warnings) {
    /** Keeps a copy of the list. */
    public LoadedConfig {
        warnings = List.copyOf(warnings);
    }
}
