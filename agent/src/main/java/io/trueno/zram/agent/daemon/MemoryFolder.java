package io.trueno.zram.agent.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Finds memory for what has to outlive the agent but not the machine. */
final class MemoryFolder {
    /** Can punch holes, so that freed memory goes back; ramfs cannot. */
    private static final String MEMORY_FILE_SYSTEM = "tmpfs";

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /** Below the runtime directory, if a file system of its own is mounted there. */
    private static final String DEVICES = "devices";

    private MemoryFolder() {}

    /**
     * The folder {@code devices} in the runtime directory, where a tmpfs is mounted there: the
     * launcher mounts one that is never swapped out, since without an agent that has it locked,
     * pages of a device that is swap could go into that very device. Else the runtime directory
     * itself if it is on tmpfs, as {@code /run} is on most machines; else a folder of this user and
     * this runtime directory under {@code /dev/shm}, which need not exist yet.
     *
     * @throws AgentException if there is no tmpfs, or somebody else's folder is in the way
     */
    static Path of(Path runtimeDirectory) {
        try {
            Path directory = runtimeDirectory.toRealPath();
            Path devices = directory.resolve(DEVICES);
            if (isMount(devices, directory) && isMemory(devices)) {
                RuntimeFolder.requirePrivate(devices);
                return devices;
            }
            if (isMemory(directory)) {
                return directory;
            }
            if (!Files.isDirectory(SHARED_MEMORY) || !isMemory(SHARED_MEMORY)) {
                throw new AgentException(
                        "no memory to keep devices in: mount a tmpfs at "
                                + directory
                                + ", or choose one with --runtime-dir");
            }
            Path folder = SHARED_MEMORY.resolve(name(directory));
            if (Files.exists(folder)) {
                RuntimeFolder.requirePrivate(folder);
            }
            return folder;
        } catch (IOException e) {
            throw new AgentException(
                    "cannot look at the file system of " + runtimeDirectory + ": " + e, e);
        }
    }

    private static boolean isMount(Path path, Path parent) throws IOException {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && !Files.getAttribute(path, "unix:dev")
                        .equals(Files.getAttribute(parent, "unix:dev"));
    }

    private static boolean isMemory(Path path) throws IOException {
        return Files.getFileStore(path).type().equals(MEMORY_FILE_SYSTEM);
    }

    private static String name(Path directory) throws IOException {
        CRC32C hash = new CRC32C();
        hash.update(directory.toString().getBytes(StandardCharsets.UTF_8));
        Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return String.format("trueno-zram-%s-%08x", user, hash.getValue());
    }
}
