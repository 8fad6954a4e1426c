package io.trueno.zram.vmtests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A kernel on this machine: a folder with {@code lib/modules/VERSION} and the kernel itself. */
final class KernelFolder {
    private KernelFolder() {}

    /** Of a pinned stock kernel: {@code vmlinuz} beside the modules, the tables of depmod made. */
    static Path ofPackages(String name) {
        return DebianPackages.unpacked(name, KernelFolder::arrange);
    }

    /** {@code lib/modules/VERSION} in it. */
    static Path modules(Path kernel) throws IOException {
        Path parent = kernel.resolve("lib/modules");
        try (Stream<Path> versions = Files.list(parent)) {
            return versions.findFirst()
                    .orElseThrow(() -> new IOException("no modules in " + parent));
        }
    }

    /** Packages differ in where they keep what; guests want one layout. */
    private static void arrange(Path root, Path kernel) throws IOException {
        Files.createDirectories(kernel.resolve("lib"));
        Files.move(find(root, "vmlinuz*"), kernel.resolve("vmlinuz"));
        Files.move(find(root, "modules"), kernel.resolve("lib/modules"));
        HostCommand.text(
                "depmod", "-b", kernel.toString(), modules(kernel).getFileName().toString());
    }

    private static Path find(Path root, String name) throws IOException {
        String found = HostCommand.text("find", root.toString(), "-name", name, "-print", "-quit");
        if (found.isEmpty()) {
            throw new IOException("no " + name + " in the packages");
        }
        return Path.of(found);
    }
}
