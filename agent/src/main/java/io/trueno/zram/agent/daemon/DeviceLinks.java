package io.trueno.zram.agent.daemon;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Links {@code /dev/trueno-zram/zramN} to block devices, for people and scripts that look for
 * zram's name; the devices work without them.
 */
final class DeviceLinks {
    private static final Path FOLDER = Path.of("/dev/trueno-zram");

    private DeviceLinks() {}

    /** Makes or replaces the link of a device. */
    static void link(String name, Path device) {
        try {
            Files.createDirectories(FOLDER);
            Path link = FOLDER.resolve(name);
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, device);
        } catch (IOException e) {
            log().log(Level.WARNING, "no link to {0}: {1}", device, e.toString());
        }
    }

    /** Deletes the link of a device that is gone. */
    static void unlink(String name) {
        try {
            Files.deleteIfExists(FOLDER.resolve(name));
        } catch (IOException e) {
            log().log(Level.WARNING, "a link stays behind: {0}", e.toString());
        }
    }

    /** Made when there is something to say: finding out who logs takes long, and users wait. */
    private static Logger log() {
        return System.getLogger(DeviceLinks.class.getName());
    }
}
