package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.ControlClient;
import io.trueno.zram.config.RuntimeDirectory;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --runtime-dir}, and the agent that is found there. */
final class RuntimeDirectoryOption {
    @Option(
            names = "--runtime-dir",
            paramLabel = "DIR",
            description =
                    "The agent's runtime directory; default $$TRUENO_ZRAM_RUNTIME_DIR, else"
                            + " /run/trueno-zram, else $$XDG_RUNTIME_DIR/trueno-zram when not root.")
    private @Nullable Path directory;

    /** The flag's value, if it was given. */
    Optional<Path> given() {
        return Optional.ofNullable(directory);
    }

    /** Speaks to the agent; connects only when asked something. */
    ControlClient agent() {
        return new ControlClient(RuntimeDirectory.resolve(given(), System.getenv()));
    }
}
