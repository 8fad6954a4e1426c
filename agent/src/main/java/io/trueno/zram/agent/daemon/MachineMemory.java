package io.trueno.zram.agent.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much memory the machine has. */
public final class MachineMemory {
    private MachineMemory() {}

    /**
     * {@code MemTotal} of {@code /proc/meminfo}, in bytes.
     *
     * @throws IllegalStateException if it cannot be read
     */
    public static long totalBytes() {
        Path file = Path.of("/proc/meminfo");
        try {
            List<String> lines = Files.readAllLines(file);
            for (String line : lines) {
                if (line.startsWith("MemTotal:")) {
                    return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
        throw new IllegalStateException("no MemTotal in " + file);
    }
}
