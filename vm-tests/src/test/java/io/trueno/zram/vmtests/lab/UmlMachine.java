package io.trueno.zram.vmtests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A User-Mode Linux kernel: programs in the guest run natively, so this is where speed means
 * something.
 *
 * @param folder with the kernel, {@code linux}, and {@code lib/modules/VERSION}, as {@code
 *     vm-tests/build-uml.sh} makes it
 */
public record UmlMachine(Path folder) implements Machine {
    @Override
    public List<String> command(GuestSpec spec, Path exchange) throws IOException {
        Path init = exchange.resolve("init");
        Files.write(init, Resources.bytes("uml-init"));
        Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwxr-xr-x"));
        // The guest's memory is a file in TMPDIR; the console goes to standard error.
        return List.of(
                "env",
                "TMPDIR=/dev/shm",
                folder.resolve("linux").toString(),
                "mem=" + spec.memoryMiB() + "M",
                "ncpus=" + spec.processors(),
                "seccomp=on",
                "umid=guest",
                "uml_dir=" + exchange + "/",
                "rootfstype=hostfs",
                "rootflags=/",
                "ro",
                "init=" + init,
                "exchange=" + exchange,
                "modules=" + KernelFolder.modules(folder),
                "con=null",
                "con0=null,fd:2",
                "ssl=null",
                "ssl0=fd:0,fd:1",
                "quiet",
                "panic=-1");
    }

    @Override
    public String javaOptions() {
        return "";
    }

    @Override
    public String toString() {
        return "User-Mode Linux";
    }
}
