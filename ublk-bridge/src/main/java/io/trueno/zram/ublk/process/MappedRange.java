package io.trueno.zram.ublk.process;

/**
 * A line of {@code /proc/self/maps}, {@code proc_pid_maps(5)}.
 *
 * @param start address
 * @param bytes long
 * @param permissions such as {@code r-xp}
 * @param file mapped, a name in brackets, or empty
 */
record MappedRange(long start, long bytes, String permissions, String file) {
    private static final int FIELDS = 6;

    static MappedRange parse(String line) {
        String[] fields = line.split("\\s+", FIELDS);
        int dash = fields[0].indexOf('-');
        long start = Long.parseUnsignedLong(fields[0].substring(0, dash), 16);
        long end = Long.parseUnsignedLong(fields[0].substring(dash + 1), 16);
        return new MappedRange(
                start, end - start, fields[1], fields.length < FIELDS ? "" : fields[FIELDS - 1]);
    }

    /** Whether it is memory of this process alone, be it a copy of a file's. */
    boolean isReadablePrivate() {
        return permissions.startsWith("r") && permissions.endsWith("p");
    }
}
