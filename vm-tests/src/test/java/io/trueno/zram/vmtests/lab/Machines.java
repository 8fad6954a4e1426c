package io.trueno.zram.vmtests.lab;

import java.nio.file.Path;
import java.util.stream.Stream;

/** The machines that tests run on. */
public final class Machines {
    /** Folder of a User-Mode Linux kernel, which tests run on then in place of QEMU's. */
    private static final String UML = "trueno.zram.uml";

    private Machines() {}

    /** Every stock kernel; or User-Mode Linux, when its folder is named. */
    public static Stream<Machine> all() {
        String uml = System.getProperty(UML, "");
        return uml.isEmpty()
                ? Stream.of(StockKernel.values()).map(QemuMachine::new)
                : Stream.of(new UmlMachine(Path.of(uml).toAbsolutePath()));
    }

    /** The newest of {@link #all}, for what does not differ between kernels. */
    public static Stream<Machine> newest() {
        return all().reduce((older, newer) -> newer).stream();
    }
}
