package io.trueno.zram.vmtests.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * QEMU with a stock kernel. Emulated: machines with {@code /dev/kvm} exist on which no stock kernel
 * boots, so acceleration is for who asks for it with {@code -Dtrueno.zram.qemuAccelerator=kvm}.
 *
 * @param kernel that boots
 */
public record QemuMachine(StockKernel kernel) implements Machine {
    private static final String EMULATED = "tcg,thread=multi,tb-size=512";
    private static final String ACCELERATOR =
            System.getProperty("trueno.zram.qemuAccelerator", EMULATED);

    /**
     * The kernel starts on one processor; {@code qemu-init} brings the others up. While a kernel
     * boots it patches its own code thousands of times, and an emulated processor that runs what
     * another one patches may stop at a breakpoint that is gone when the kernel looks: a panic in
     * the first second.
     */
    @Override
    public List<String> command(GuestSpec spec, Path exchange) throws IOException {
        Path folder = kernel.folder();
        Path modules = KernelFolder.modules(folder);
        Path initramfs = exchange.resolve("initramfs.gz");
        Initramfs.write(initramfs, modules);
        return List.of(
                "qemu-system-x86_64",
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-no-reboot",
                "-machine",
                "q35",
                "-accel",
                ACCELERATOR,
                "-cpu",
                "max",
                "-smp",
                Integer.toString(spec.processors()),
                "-m",
                spec.memoryMiB() + "M",
                "-kernel",
                folder.resolve("vmlinuz").toString(),
                "-initrd",
                initramfs.toString(),
                "-append",
                "console=ttyS0 quiet loglevel=4 panic=-1 nokaslr mitigations=off tsc=reliable maxcpus=1",
                "-serial",
                "file:" + exchange.resolve("console.log"),
                "-device",
                "virtio-rng-pci",
                "-device",
                "virtio-serial-pci",
                "-chardev",
                "stdio,id=commands,signal=off",
                "-device",
                "virtserialport,chardev=commands,nr=1",
                "-fsdev",
                "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
                "-device",
                "virtio-9p-pci,fsdev=host,mount_tag=host",
                "-fsdev",
                "local,id=modules,path=" + modules + ",security_model=none,readonly=on",
                "-device",
                "virtio-9p-pci,fsdev=modules,mount_tag=modules",
                "-fsdev",
                "local,id=exchange,path=" + exchange + ",security_model=none",
                "-device",
                "virtio-9p-pci,fsdev=exchange,mount_tag=exchange");
    }

    /**
     * JVMs whose second compiler was at work crashed now and then on several emulated processors;
     * with the first compiler alone none did. That one knows no vectors, so without AVX the engine
     * takes its scalar kernels.
     */
    @Override
    public String javaOptions() {
        return ACCELERATOR.startsWith("tcg")
                ? "-XX:TieredStopAtLevel=1 -XX:UseAVX=0 -XX:-UsePerfData"
                : "";
    }

    @Override
    public String toString() {
        return kernel.toString();
    }
}
