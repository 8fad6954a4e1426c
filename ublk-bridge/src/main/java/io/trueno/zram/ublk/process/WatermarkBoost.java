package io.trueno.zram.ublk.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The boost of watermarks, of the whole machine: when the kernel has to mix kinds of pages in a
 * block, it keeps more memory free for a while, in small machines two or three times as much. What
 * serves swap gets none of that, and waits with megabytes free for memory that only it would free.
 */
public final class WatermarkBoost {
    private static final Path FACTOR = Path.of("/proc/sys/vm/watermark_boost_factor");
    private static final String OFF = "0";

    private WatermarkBoost() {}

    static SwapCheck check() throws IOException {
        String name = "watermark-boost";
        try {
            String factor = factor();
            return SwapCheck.of(
                    name,
                    factor.equals(OFF),
                    "vm.watermark_boost_factor is " + factor,
                    "sysctl vm.watermark_boost_factor=0");
        } catch (NoSuchFileException e) {
            return SwapCheck.holds(name, "this kernel has none");
        }
    }

    /** Read at once: such a file has no length, and nothing after what the first read brings. */
    private static String factor() throws IOException {
        return Files.readAllLines(FACTOR).getFirst();
    }

    /**
     * Switches it off.
     *
     * @return what it was; empty if it was off already, or cannot be switched off, which {@link
     *     SwapChecks} tells
     */
    public static Optional<String> switchOff() {
        try {
            String factor = factor();
            if (factor.equals(OFF)) {
                return Optional.empty();
            }
            Files.writeString(FACTOR, OFF);
            return Optional.of(factor);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
