package io.trueno.zram.vmtests.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;

/**
 * Writes what the kernel unpacks into its first root: the "newc" form of cpio, a header of 110
 * characters, the name, the content, each padded to four bytes (kernel documentation,
 * driver-api/early-userspace/buffer-format).
 */
final class CpioWriter {
    private static final int DIRECTORY = 0040755;
    private static final int PROGRAM = 0100755;
    private static final int END = 0;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int inode = 1;

    void directory(String name) {
        entry(name, DIRECTORY, new byte[0]);
    }

    /** A file that everybody may run. */
    void file(String name, byte[] content) {
        entry(name, PROGRAM, content);
    }

    /** The archive; nothing can be added after. */
    byte[] finish() {
        entry("TRAILER!!!", END, new byte[0]);
        return out.toByteArray();
    }

    private void entry(String name, int mode, byte[] content) {
        // magic, inode, mode, owner, group, links, time, size, four device numbers, length of the
        // name with its zero, checksum
        String header =
                "070701"
                        + "%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
                                .formatted(
                                        inode++,
                                        mode,
                                        0,
                                        0,
                                        1,
                                        0,
                                        content.length,
                                        0,
                                        0,
                                        0,
                                        0,
                                        name.length() + 1,
                                        0);
        out.writeBytes((header + name + "\0").getBytes(US_ASCII));
        pad();
        out.writeBytes(content);
        pad();
    }

    private void pad() {
        out.writeBytes(new byte[-out.size() & 3]);
    }
}
