package io.trueno.zram.agent.daemon;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/** Loads drivers of the kernel. */
final class KernelModule {
    private static final long MODPROBE_SECONDS = 10;

    private KernelModule() {}

    /** Loads a module if that is possible; what fails here shows when the driver is opened. */
    static void load(String name) {
        try {
            Process modprobe =
                    new ProcessBuilder("modprobe", "--quiet", name)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!modprobe.waitFor(MODPROBE_SECONDS, TimeUnit.SECONDS)) {
                modprobe.destroyForcibly();
            }
        } catch (IOException e) {
            log().log(Level.DEBUG, "no modprobe: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Made when there is something to say: finding out who logs takes long, and users wait. */
    private static Logger log() {
        return System.getLogger(KernelModule.class.getName());
    }
}
