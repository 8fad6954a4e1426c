package io.trueno.zram.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the agent and its clients meet when nobody says where. */
public final class RuntimeDirectory {
    private RuntimeDirectory() {}

    /**
     * What a client of the agent uses: the flag, else {@code TRUENO_ZRAM_RUNTIME_DIR}, else {@link
     * #byDefault}.
     *
     * @return absolute
     */
    public static Path resolve(Optional<Path> flag, Map<String, String> environment) {
        return flag.or(() ->
                        Optional.ofNullable(
                                        environment.get(EnvironmentSettings.PREFIX + "RUNTIME_DIR"))
                                .filter(v -> !v.isBlank())
                                .map(Path::of))
                .orElseGet(() -> byDefault(environment))
                .toAbsolutePath()
                .normalize();
    }

    /**
     * {@code /run/trueno-zram} for root; for others a folder in {@code XDG_RUNTIME_DIR}, or in
     * {@code /tmp} with the user's name where that is not set.
     */
    static Path byDefault(Map<String, String> environment) {
        String user = System.getProperty("user.name", "nobody");
        if (user.equals("root")) {
            return Path.of("/run/trueno-zram");
        }
        String session = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return session.startsWith("/")
                ? Path.of(session, "trueno-zram")
                : Path.of("/tmp", "trueno-zram-" + user);
    }
}
