package io.trueno.zram.vmtests.lab;

import java.nio.file.Path;
import java.util.stream.Stream;

/** The machines that tests run on. */
public final class Machines {
    /** Folder of a User-Mode Linux kernel, which tests run on then in place of QEMU's. */
    private static final String UML = "trueno.zram.uml";

    private Machines() {}

    /** Every stock kernel with ublk; or User-Mode Linux, when its folder is named. */
    public static Stream<Machine> withUblk() {
        String uml = System.getProperty(UML, "");
        return uml.isEmpty()
                ? Stream.of(StockKernel.LINUX_6_12, StockKernel.LINUX_7_2).map(QemuMachine::new)
                : Stream.of(new UmlMachine(Path.of(uml).toAbsolutePath()));
    }

    /** A stock kernel without ublk. */
    public static Stream<Machine> withoutUblk() {
        return Stream.of(new QemuMachine(StockKernel.LINUX_6_1));
    }

    /** The newest of {@link #withUblk}, for what does not differ between kernels. */
    public static Stream<Machine> newest() {
        return withUblk().reduce((older, newer) -> newer).stream();
    }
}
