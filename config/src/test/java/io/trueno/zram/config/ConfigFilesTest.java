package io.trueno.zram.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFilesTest {
    private final ConfigLoader loader =
            new ConfigLoader(Map.of(), () -> 1L << 30, UnaryOperator.identity());

    @TempDir Path folder;

    @Test
    void aNamedFileMustExist() {
        Path missing = folder.resolve("missing.conf");
        assertThatThrownBy(() -> loader.load(Optional.of(missing), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(missing + ": no such file: check --config");
    }

    @Test
    void aFileThatIsNotTextIsNamed() throws IOException {
        Path file = Files.write(folder.resolve("a.conf"), new byte[] {'[', (byte) 0xff, ']'});
        assertThatThrownBy(() -> loader.load(Optional.of(file), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("UTF-8");
    }

    @Test
    void aSmallMachineHasLessHeadroom() {
        assertThat(headroom(512 << 20)).isEqualTo(16 << 20);
        assertThat(headroom(640 << 20)).isEqualTo(64 << 20);
    }

    private static long headroom(long memoryBytes) {
        return new ConfigLoader(Map.of(), () -> memoryBytes, UnaryOperator.identity())
                .load(Optional.empty(), List.of())
                .config()
                .deviceDefaults()
                .headroomBytes();
    }

    @Test
    void everyKeyIsDocumented() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        for (ConfigKey key : ConfigKey.values()) {
            assertThat(readme).contains("| `" + key.text() + "` |");
        }
    }
}
