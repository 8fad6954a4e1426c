package io.trueno.zram.agent.device;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * Where devices outlive the agent: a folder {@code zramN} for each, on a memory file system, with
 * {@code device.conf} ({@link DeviceState}) and {@code pages} (the page store) in it. A folder
 * appears complete and disappears whole: while it is made or deleted it has another name, and what
 * is found under such a name is left over from a process that died.
 */
public final class StateFolder {
    private static final String UNFINISHED = ".unfinished-";
    private static final String STATE = "device.conf";
    private static final String PAGES = "pages";

    private final Path root;

    /**
     * @param root on a memory file system, private to the agent; it may not exist yet
     */
    public StateFolder(Path root) {
        this.root = root;
    }

    /** Names of the devices that are there, after deleting what a dead process left over. */
    List<String> devices() throws IOException {
        if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.startsWith(UNFINISHED)) {
                    deleteTree(entry);
                } else if (DeviceRegistry.isName(name)) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /** The device's folder. */
    Path folder(String name) {
        return root.resolve(name);
    }

    /** The file of its page store. */
    Path pages(String name) {
        return folder(name).resolve(PAGES);
    }

    private Path unfinished(String name) {
        return root.resolve(UNFINISHED + name);
    }

    /**
     * Begins a new device: makes its folder, under a name that does not count yet.
     *
     * @return where to make the page store
     */
    Path begin(String name) throws IOException {
        Path unfinished = unfinished(name);
        deleteTree(unfinished);
        Files.createDirectories(
                unfinished,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return unfinished.resolve(PAGES);
    }

    /** Ends what {@link #begin} began: from now on the device is there. */
    void commit(DeviceState state) throws IOException {
        Path unfinished = unfinished(state.made().name());
        state.write(unfinished.resolve(STATE));
        Files.move(unfinished, folder(state.made().name()), StandardCopyOption.ATOMIC_MOVE);
    }

    DeviceState read(String name) throws IOException {
        return DeviceState.read(folder(name).resolve(STATE), name);
    }

    /** Keeps changed settings of a device. */
    void save(DeviceState state) throws IOException {
        state.write(folder(state.made().name()).resolve(STATE));
    }

    /** Deletes all that is kept of a device. */
    void delete(String name) throws IOException {
        Path unfinished = unfinished(name);
        deleteTree(unfinished);
        if (Files.exists(folder(name), LinkOption.NOFOLLOW_LINKS)) {
            Files.move(folder(name), unfinished, StandardCopyOption.ATOMIC_MOVE);
            deleteTree(unfinished);
        }
        try {
            Files.deleteIfExists(root);
        } catch (FileSystemException e) {
            // other devices are in it, or it is the runtime directory, or a mount
        }
    }

    /** Deletes a folder and the files in it; there are no folders in these folders. */
    private static void deleteTree(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
        Files.deleteIfExists(folder);
    }
}
