package io.trueno.zram.vmtests.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * The first root of a QEMU guest: busybox, {@code qemu-init}, and the modules that it takes to
 * reach this machine's files and the channel for commands.
 */
final class Initramfs {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final List<String> MODULES =
            List.of("virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay");

    private Initramfs() {}

    /**
     * Writes the archive, compressed.
     *
     * @param modules {@code lib/modules/VERSION} of the kernel that is to unpack it
     */
    static void write(Path target, Path modules) throws IOException {
        CpioWriter cpio = new CpioWriter();
        for (String directory : List.of("bin", "modules", "proc", "sys", "dev", "host", "root")) {
            cpio.directory(directory);
        }
        cpio.file("bin/busybox", Files.readAllBytes(BUSYBOX));
        cpio.file("init", Resources.bytes("qemu-init"));
        StringBuilder order = new StringBuilder();
        for (String file : inLoadingOrder(modules)) {
            String name = moduleName(file);
            cpio.file("modules/" + name, content(modules.resolve(file)));
            order.append(name).append('\n');
        }
        cpio.file("modules/order", order.toString().getBytes(UTF_8));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(target))) {
            out.write(cpio.finish());
        }
    }

    /** Files of {@link #MODULES} and of what they need, which comes first; none if built in. */
    private static Set<String> inLoadingOrder(Path modules) throws IOException {
        Map<String, List<String>> needs; // of a file, the one to load first standing last
        try (Stream<String> lines = Files.lines(modules.resolve("modules.dep"))) {
            needs =
                    lines.map(line -> List.of(line.split(":? +|:", -1)))
                            .collect(Collectors.toMap(List::getFirst, Function.identity()));
        }
        Set<String> order = new LinkedHashSet<>();
        for (String module : MODULES) {
            for (String file : needs.keySet()) {
                if (moduleName(file).equals(module)) {
                    needs.get(file).reversed().stream()
                            .filter(f -> !f.isEmpty())
                            .forEach(order::add);
                }
            }
        }
        return Collections.unmodifiableSet(order);
    }

    private static String moduleName(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return name.substring(0, name.indexOf(".ko"));
    }

    private static byte[] content(Path file) throws IOException {
        return file.toString().endsWith(".xz")
                ? HostCommand.output(List.of("xz", "-dc", file.toString()))
                : Files.readAllBytes(file);
    }
}
