package io.trueno.zram.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Checks the values that won and builds the records. */
final class ConfigRecords {
    private static final long DEFAULT_HEADROOM_BYTES = 64 << 20;

    /** There the guard sets aside what is less (agent/src/main/dist/lib/guard). */
    private static final long HEADROOM_BYTES_OF_SMALL = 16 << 20;

    private static final long SMALL_BYTES = 640L << 20;
    private static final int MAX_QUEUES = 64;
    private static final int DEFAULT_QUEUES = 4;
    private static final int MAX_DEPTH = 4096;
    private static final int DEFAULT_DEPTH = 64;
    private static final int PAGE_BYTES = 4096;
    private static final int MAX_IO_BYTES = 32 << 20;
    private static final int DEFAULT_IO_BYTES = 128 << 10;

    private final Values values;
    private final Map<String, String> environment;
    private final LongSupplier totalMemoryBytes;
    private final UnaryOperator<String> algorithms;

    ConfigRecords(
            Values values,
            Map<String, String> environment,
            LongSupplier totalMemoryBytes,
            UnaryOperator<String> algorithms) {
        this.values = values;
        this.environment = environment;
        this.totalMemoryBytes = totalMemoryBytes;
        this.algorithms = algorithms;
    }

    AgentConfig build() {
        Path runtimeDirectory =
                read(ConfigKey.AGENT_SECTION, ConfigKey.RUNTIME_DIR, ConfigRecords::absolutePath)
                        .orElseGet(() -> RuntimeDirectory.byDefault(environment));
        DeviceDefaults defaults = defaults();
        return new AgentConfig(
                runtimeDirectory,
                read(
                                ConfigKey.AGENT_SECTION,
                                ConfigKey.METRICS_LISTEN,
                                ConfigRecords::listenAddress)
                        .flatMap(Function.identity()),
                nbd(runtimeDirectory),
                ublk(),
                defaults,
                values.devices().stream().map(name -> device(name, defaults)).toList());
    }

    private NbdConfig nbd(Path runtimeDirectory) {
        return new NbdConfig(
                read(ConfigKey.NBD_SECTION, ConfigKey.UNIX_SOCKET, ConfigRecords::absolutePath)
                        .orElse(runtimeDirectory.resolve("nbd.sock")),
                read(ConfigKey.NBD_SECTION, ConfigKey.LISTEN, ConfigRecords::listenAddress)
                        .flatMap(Function.identity()));
    }

    private UblkConfig ublk() {
        int processors = Runtime.getRuntime().availableProcessors();
        return new UblkConfig(
                ublk(ConfigKey.QUEUES, text -> number(text, 1, MAX_QUEUES))
                        .orElse(Math.min(DEFAULT_QUEUES, processors)),
                ublk(ConfigKey.DEPTH, text -> number(text, 1, MAX_DEPTH)).orElse(DEFAULT_DEPTH),
                ublk(ConfigKey.MAX_IO, this::ioBytes).orElse(DEFAULT_IO_BYTES));
    }

    private Optional<Integer> ublk(ConfigKey key, Function<String, Integer> parser) {
        return read(ConfigKey.UBLK_SECTION, key, parser);
    }

    private int ioBytes(String text) {
        long bytes = size(text);
        if (bytes < PAGE_BYTES || bytes > MAX_IO_BYTES || bytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException("use whole pages of 4 KiB, up to 32M");
        }
        return (int) bytes;
    }

    private static int number(String text, int least, int most) {
        String refusal = "use a number from " + least + " to " + most;
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(refusal, e);
        }
        throw new IllegalArgumentException(refusal);
    }

    private DeviceDefaults defaults() {
        String section = ConfigKey.DEFAULT_SECTION;
        StorePolicy policy =
                read(section, ConfigKey.POLICY, word(StorePolicy.class)).orElse(StorePolicy.SPEED);
        return new DeviceDefaults(
                read(section, ConfigKey.SIZE, this::deviceSize)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                read(section, ConfigKey.ALGORITHM, algorithms).orElse(policy.defaultAlgorithm()),
                policy,
                read(section, ConfigKey.MEM_LIMIT, this::size).orElse(0L),
                read(section, ConfigKey.SOFT_LIMIT, this::size).orElse(0L),
                read(section, ConfigKey.HEADROOM, this::size).orElseGet(this::defaultHeadroom),
                read(section, ConfigKey.BACKEND, word(DeviceBackend.class))
                        .orElse(DeviceBackend.AUTO),
                read(section, ConfigKey.ATTACH, ConfigRecords::yesOrNo).orElse(true));
    }

    private long defaultHeadroom() {
        return totalMemoryBytes.getAsLong() < SMALL_BYTES
                ? HEADROOM_BYTES_OF_SMALL
                : DEFAULT_HEADROOM_BYTES;
    }

    private DeviceConfig device(String name, DeviceDefaults defaults) {
        long size =
                read(name, ConfigKey.SIZE, this::deviceSize)
                        .orElseGet(() ->
                                defaults.sizeBytes()
                                        .orElseThrow(() ->
                                                new ConfigException(
                                                        "device "
                                                                + name
                                                                + " has no size:"
                                                                + " set size in ["
                                                                + name
                                                                + "] or in"
                                                                + " [default]")));
        Optional<StorePolicy> policy = read(name, ConfigKey.POLICY, word(StorePolicy.class));
        return new DeviceConfig(
                name,
                size,
                read(name, ConfigKey.ALGORITHM, algorithms)
                        .orElseGet(() ->
                                policy.map(StorePolicy::defaultAlgorithm)
                                        .orElse(defaults.algorithm())),
                policy.orElse(defaults.policy()),
                read(name, ConfigKey.MEM_LIMIT, this::size).orElse(defaults.memLimitBytes()),
                read(name, ConfigKey.SOFT_LIMIT, this::size).orElse(defaults.softLimitBytes()),
                read(name, ConfigKey.HEADROOM, this::size).orElse(defaults.headroomBytes()),
                read(name, ConfigKey.BACKEND, word(DeviceBackend.class)).orElse(defaults.backend()),
                read(name, ConfigKey.ATTACH, ConfigRecords::yesOrNo).orElse(defaults.attach()));
    }

    private <T> Optional<T> read(String section, ConfigKey key, Function<String, T> parser) {
        return values.get(section, key)
                .map(setting -> {
                    try {
                        return parser.apply(setting.value());
                    } catch (IllegalArgumentException e) {
                        throw new ConfigException(setting.describe() + ": " + e.getMessage(), e);
                    }
                });
    }

    private long size(String text) {
        return ByteSize.parse(text, totalMemoryBytes);
    }

    private long deviceSize(String text) {
        long bytes = size(text);
        if (bytes == 0) {
            throw new IllegalArgumentException("a device needs at least one byte");
        }
        return bytes;
    }

    private static boolean yesOrNo(String text) {
        return switch (text.strip()) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw new IllegalArgumentException("use yes or no");
        };
    }

    private static Optional<ListenAddress> listenAddress(String text) {
        return text.isBlank() || text.equals("none")
                ? Optional.empty()
                : Optional.of(ListenAddress.parse(text));
    }

    private static Path absolutePath(String text) {
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not an absolute path: start it with /");
        }
        return path.normalize();
    }

    private static <E extends Enum<E>> Function<String, E> word(Class<E> type) {
        List<E> constants = Arrays.asList(type.getEnumConstants());
        return text ->
                constants.stream()
                        .filter(c -> c.name().equalsIgnoreCase(text.strip()))
                        .findFirst()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "use "
                                                + constants.stream()
                                                        .map(Enum::name)
                                                        .map(n -> n.toLowerCase(Locale.ROOT))
                                                        .collect(Collectors.joining(" or "))));
    }
}
