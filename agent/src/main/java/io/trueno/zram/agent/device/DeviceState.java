package io.trueno.zram.agent.device;

import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.config.StorePolicy;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * What is kept of a device beside its pages, as {@code key = value} lines, keys as in the
 * configuration.
 *
 * @param made what the device was made with, and is again after a reset
 * @param now what holds at present, with the backend that was chosen
 * @param cookie random, by which its transport recognises the device
 */
record DeviceState(DeviceConfig made, DeviceConfig now, long cookie) {
    private static final int VERSION = 2;
    private static final int MAX_BYTES = 1 << 16;
    private static final SecureRandom COOKIES = new SecureRandom();

    /** Of a device that was just made, to be exported over {@code chosen}. */
    static DeviceState of(DeviceConfig made, DeviceBackend chosen) {
        return new DeviceState(made, made.withBackend(chosen), COOKIES.nextLong());
    }

    /** The same device with other settings. */
    DeviceState with(DeviceConfig settings) {
        return new DeviceState(made, settings, cookie);
    }

    /** Replaces {@code file} as a whole: a process that dies in between leaves the old one. */
    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("version = " + VERSION);
        lines.add("name = " + made.name());
        lines.add("cookie = " + cookie);
        addLines(lines, "made", made);
        addLines(lines, "now", now);
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.write(unfinished, lines);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void addLines(List<String> lines, String group, DeviceConfig config) {
        lines.add(group + ".size = " + config.sizeBytes());
        lines.add(group + ".algorithm = " + config.algorithm());
        lines.add(group + ".policy = " + lowerCase(config.policy()));
        lines.add(group + ".mem-limit = " + config.memLimitBytes());
        lines.add(group + ".soft-limit = " + config.softLimitBytes());
        lines.add(group + ".headroom = " + config.headroomBytes());
        lines.add(group + ".backend = " + lowerCase(config.backend()));
        lines.add(group + ".attach = " + config.attach());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException if it is missing, damaged or of another version; the message says which
     */
    static DeviceState read(Path file, String name) throws IOException {
        Properties lines = new Properties();
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException(file + " is damaged: too long");
            }
            lines.load(new StringReader(Files.readString(file)));
            int version = (int) number(lines, "version");
            if (version != VERSION) {
                throw new IOException(
                        file
                                + " has version "
                                + version
                                + " and this program reads "
                                + VERSION
                                + ": start the agent that wrote it");
            }
            if (!text(lines, "name").equals(name)) {
                throw new IllegalArgumentException("it is of " + text(lines, "name"));
            }
            return new DeviceState(
                    config(lines, name, "made"),
                    config(lines, name, "now"),
                    number(lines, "cookie"));
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is missing", e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static DeviceConfig config(Properties lines, String name, String group) {
        return new DeviceConfig(
                name,
                number(lines, group + ".size"),
                text(lines, group + ".algorithm"),
                StorePolicy.valueOf(upperCase(text(lines, group + ".policy"))),
                number(lines, group + ".mem-limit"),
                number(lines, group + ".soft-limit"),
                number(lines, group + ".headroom"),
                DeviceBackend.valueOf(upperCase(text(lines, group + ".backend"))),
                // An agent that did not attach devices did not write this.
                Boolean.parseBoolean(lines.getProperty(group + ".attach")));
    }

    private static String text(Properties lines, String key) {
        String value = lines.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("no " + key);
        }
        return value;
    }

    private static long number(Properties lines, String key) {
        return Long.parseLong(text(lines, key));
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String upperCase(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}
