package io.trueno.zram.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Golden scenarios: each folder holds a configuration ({@code trueno-zram.conf}, {@code conf.d}),
 * perhaps {@code environment} and {@code flags}, and in {@code expected} what comes of it. To take
 * over a changed result after reading it, run with {@code -Dscenarios.update=true}.
 */
class ConfigScenarioTest {
    private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
    private static final String USER = System.getProperty("user.name");
    private static final long MEMORY_BYTES = 8L << 30;

    static List<String> scenarios() throws IOException {
        try (Stream<Path> folders = Files.list(SCENARIOS)) {
            return folders.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @BeforeAll
    static void asRoot() {
        System.setProperty("user.name", "root");
    }

    @AfterAll
    static void asOneself() {
        System.setProperty("user.name", USER);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void aScenarioGivesWhatItsFolderExpects(String scenario) throws IOException {
        Path folder = SCENARIOS.resolve(scenario);
        String actual = outcome(folder).replace(folder.toString(), "$DIR");
        Path expected = folder.resolve("expected");
        if (Boolean.getBoolean("scenarios.update")) {
            Files.writeString(expected, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(expected));
    }

    private static String outcome(Path folder) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        lines(folder.resolve("environment"))
                .forEach(l -> environment.put(l.split("=", 2)[0], l.split("=", 2)[1]));
        List<Setting> flags = new ArrayList<>();
        for (String line : lines(folder.resolve("flags"))) {
            String[] parts = line.split("[.=]", 3);
            flags.add(new Setting(parts[0], parts[1], parts[2], "--" + parts[1]));
        }
        ConfigLoader loader =
                new ConfigLoader(environment, () -> MEMORY_BYTES, ConfigScenarioTest::algorithm);
        return outcome(loader, folder.resolve("trueno-zram.conf"), flags);
    }

    private static String outcome(ConfigLoader loader, Path file, List<Setting> flags) {
        try {
            LoadedConfig loaded = loader.load(Optional.of(file), flags);
            StringBuilder text = new StringBuilder();
            loaded.warnings().forEach(w -> text.append("warning: ").append(w).append('\n'));
            AgentConfig config = loaded.config();
            text.append("runtime directory ").append(config.runtimeDirectory()).append('\n');
            text.append("metrics ").append(config.metricsListen()).append('\n');
            text.append(config.nbd()).append('\n');
            text.append(config.deviceDefaults()).append('\n');
            config.devices().forEach(d -> text.append(d).append('\n'));
            return text.toString();
        } catch (ConfigException e) {
            return "error: " + e.getMessage() + "\n";
        }
    }

    private static String algorithm(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT);
        if (!List.of("lz4", "zstd", "zstd(level=1)").contains(name)) {
            throw new IllegalArgumentException("unknown algorithm: use lz4 or zstd");
        }
        return name;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
