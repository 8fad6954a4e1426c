package io.trueno.zram.agent.cli;

import io.trueno.zram.config.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code trueno-zram agent} was told on its command line; null where it was not.
 *
 * @param runtimeDirectory {@code --runtime-dir}
 * @param config {@code --config}
 * @param metricsListen {@code --metrics-listen}
 * @param nbdListen {@code --nbd-listen}
 * @param nbdSocket {@code --nbd-socket}
 */
record AgentFlags(
        @Nullable Path runtimeDirectory,
        @Nullable Path config,
        @Nullable String metricsListen,
        @Nullable String nbdListen,
        @Nullable Path nbdSocket) {
    private static final String RUNTIME_DIR = "--runtime-dir";
    private static final String CONFIG = "--config";
    private static final String METRICS_LISTEN = "--metrics-listen";
    private static final String NBD_LISTEN = "--nbd-listen";
    private static final String NBD_SOCKET = "--nbd-socket";

    /**
     * Reads a command line as service managers write it, without picocli, whose loading takes as
     * long as taking the devices over.
     *
     * @param args the first is {@code agent}
     * @return null for anything else than flags with values, each once: picocli then tells what is
     *     wrong with it, or helps
     */
    static @Nullable AgentFlags plain(String[] args) {
        @Nullable String[] values = new @Nullable String[5];
        for (int i = 1; i < args.length; i++) {
            String arg = args[i];
            int equals = arg.indexOf('=');
            int flag = indexOf(equals < 0 ? arg : arg.substring(0, equals));
            if (flag < 0 || values[flag] != null || (equals < 0 && ++i == args.length)) {
                return null;
            }
            String value = equals < 0 ? args[i] : arg.substring(equals + 1);
            if (value.isEmpty() || value.startsWith("-") || value.startsWith("\"")) {
                return null;
            }
            values[flag] = value;
        }
        return new AgentFlags(
                path(values[0]), path(values[1]), values[2], values[3], path(values[4]));
    }

    private static int indexOf(String name) {
        return List.of(RUNTIME_DIR, CONFIG, METRICS_LISTEN, NBD_LISTEN, NBD_SOCKET).indexOf(name);
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null ? null : Path.of(text);
    }

    /** What they set in the configuration; {@link #config} is not among it. */
    List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        add(settings, "agent", "runtime-dir", absolute(runtimeDirectory), RUNTIME_DIR);
        add(settings, "agent", "metrics-listen", metricsListen, METRICS_LISTEN);
        add(settings, "nbd", "listen", nbdListen, NBD_LISTEN);
        add(settings, "nbd", "unix-socket", absolute(nbdSocket), NBD_SOCKET);
        return settings;
    }

    private static void add(
            List<Setting> settings,
            String section,
            String key,
            @Nullable String value,
            String flag) {
        if (value != null) {
            settings.add(new Setting(section, key, value, flag));
        }
    }

    private static @Nullable String absolute(@Nullable Path path) {
        return path == null ? null : path.toAbsolutePath().toString();
    }
}
