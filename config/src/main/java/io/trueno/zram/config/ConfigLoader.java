package io.trueno.zram.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Reads the configuration. In rising precedence: built-in defaults, the main file, its drop-ins in
 * lexical order, environment variables, command-line flags; the last one to set a key wins, key by
 * key.
 */
public final class ConfigLoader {
    /** The file that is read when none is named; it need not exist. */
    public static final Path DEFAULT_FILE = Path.of("/etc/trueno-zram/trueno-zram.conf");

    private final Map<String, String> environment;
    private final LongSupplier totalMemoryBytes;
    private final UnaryOperator<String> algorithms;

    /**
     * @param environment of the process
     * @param totalMemoryBytes the machine's memory, for percentages
     * @param algorithms gives the canonical name of an algorithm, or throws {@link
     *     IllegalArgumentException} saying what is accepted
     */
    public ConfigLoader(
            Map<String, String> environment,
            LongSupplier totalMemoryBytes,
            UnaryOperator<String> algorithms) {
        this.environment = Map.copyOf(environment);
        this.totalMemoryBytes = totalMemoryBytes;
        this.algorithms = algorithms;
    }

    /**
     * Loads everything.
     *
     * @param named the file of {@code --config}, which must exist; empty for {@link #DEFAULT_FILE}
     * @param flags settings of the command line; the last of a key wins
     * @throws ConfigException if something is unreadable or a value is not accepted
     */
    public LoadedConfig load(Optional<Path> named, List<Setting> flags) {
        named.filter(f -> !Files.isRegularFile(f))
                .ifPresent(f -> {
                    throw new ConfigException(f + ": no such file: check --config");
                });
        List<Setting> settings = new ArrayList<>();
        for (Path file : FileSettings.filesOf(named.orElse(DEFAULT_FILE))) {
            settings.addAll(FileSettings.read(file));
        }
        settings.addAll(EnvironmentSettings.read(environment));
        settings.addAll(flags);

        List<String> warnings = new ArrayList<>();
        Values values = new Values();
        for (Setting setting : settings) {
            Optional<ConfigKey> key = ConfigKey.find(setting.section(), setting.key());
            if (key.isPresent()) {
                values.put(key.get(), setting);
                continue;
            }
            boolean known = ConfigKey.groupOf(setting.section()).isPresent();
            if (known) {
                values.declare(setting.section());
            }
            if (!known || !setting.isEmptySection()) {
                warnings.add(UnknownKey.describe(setting));
            }
        }
        AgentConfig config =
                new ConfigRecords(values, environment, totalMemoryBytes, algorithms).build();
        warnings.addAll(exposureOf(config));
        return new LoadedConfig(config, warnings);
    }

    private static List<String> exposureOf(AgentConfig config) {
        List<String> warnings = new ArrayList<>();
        config.nbd()
                .listen()
                .filter(a -> !a.isLoopback())
                .ifPresent(a ->
                        warnings.add(
                                "NBD on "
                                        + a
                                        + " has neither encryption nor authentication:"
                                        + " whoever reaches it reads and writes every"
                                        + " device"));
        config.metricsListen()
                .filter(a -> !a.isLoopback())
                .ifPresent(a ->
                        warnings.add("metrics on " + a + " can be read by whoever reaches it"));
        return warnings;
    }
}
