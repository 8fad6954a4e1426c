package io.trueno.zram.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuntimeDirectoryTest {
    private static final Map<String, String> SESSION = Map.of("XDG_RUNTIME_DIR", "/run/user/7");

    @Test
    void theFlagWinsOverTheVariable() {
        assertThat(
                        RuntimeDirectory.resolve(
                                Optional.of(Path.of("/a")),
                                Map.of("TRUENO_ZRAM_RUNTIME_DIR", "/b")))
                .isEqualTo(Path.of("/a"));
        assertThat(
                        RuntimeDirectory.resolve(
                                Optional.empty(), Map.of("TRUENO_ZRAM_RUNTIME_DIR", "/b")))
                .isEqualTo(Path.of("/b"));
    }

    @Test
    void theDefaultDependsOnTheUser() {
        String user = System.getProperty("user.name");
        try {
            System.setProperty("user.name", "root");
            assertThat(RuntimeDirectory.byDefault(SESSION)).isEqualTo(Path.of("/run/trueno-zram"));
            System.setProperty("user.name", "ann");
            assertThat(RuntimeDirectory.byDefault(SESSION))
                    .isEqualTo(Path.of("/run/user/7/trueno-zram"));
            assertThat(RuntimeDirectory.byDefault(Map.of()))
                    .isEqualTo(Path.of("/tmp/trueno-zram-ann"));
        } finally {
            System.setProperty("user.name", user);
        }
    }
}
