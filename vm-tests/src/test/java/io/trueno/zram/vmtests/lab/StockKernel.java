package io.trueno.zram.vmtests.lab;

import java.nio.file.Path;

/** A kernel as Debian builds it. */
public enum StockKernel {
    /** Of Debian 12. It has no ublk. */
    LINUX_6_1("6.1"),
    /** Of Debian 13. Its ublk can neither resize nor quiesce a device, nor batch. */
    LINUX_6_12("6.12"),
    /** Of Debian unstable. */
    LINUX_7_2("7.2");

    private final String version;

    StockKernel(String version) {
        this.version = version;
    }

    /** {@code vmlinuz} and {@code lib/modules/VERSION}, fetched on first use. */
    Path folder() {
        return KernelFolder.ofPackages(version);
    }

    @Override
    public String toString() {
        return "Linux " + version;
    }
}
