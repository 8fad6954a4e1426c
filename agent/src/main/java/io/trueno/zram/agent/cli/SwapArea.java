package io.trueno.zram.agent.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A block device as swap, with the programs of util-linux. */
final class SwapArea {
    private static final Path SWAPS = Path.of("/proc/swaps");

    private final String device;

    /**
     * @param device its path
     */
    SwapArea(String device) {
        this.device = device;
    }

    /**
     * Makes the device swap and gives it to the kernel, which is told to discard what it frees:
     * that is how memory comes back.
     *
     * @param priority higher than that of slower swap
     */
    void on(int priority) {
        run("mkswap", device);
        run("swapon", "--discard", "--priority", Integer.toString(priority), device);
    }

    /** Whether the kernel swaps to it. */
    boolean isOn() {
        try {
            return Files.readAllLines(SWAPS).stream().anyMatch(l -> l.startsWith(device + " "));
        } catch (IOException e) {
            throw new CommandFailure("cannot read " + SWAPS + ": " + e.getMessage(), e);
        }
    }

    /** Takes it back from the kernel; what is on it returns to memory, which may take a while. */
    void off() {
        run("swapoff", device);
    }

    private static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(new ArrayList<>(List.of(command)))
                            .redirectErrorStream(true)
                            .start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CommandFailure(String.join(" ", command) + " failed: " + said.strip());
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    command[0] + " cannot be run, install util-linux: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }
}
