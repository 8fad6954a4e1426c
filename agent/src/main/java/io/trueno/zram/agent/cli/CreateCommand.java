package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.device.DeviceRequest;
import io.trueno.zram.agent.device.DeviceStatus;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "create",
        description = "Make a device in the running agent and print how to reach it.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CreateCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private JsonOption json = new JsonOption();

    @Option(
            names = {"-s", "--size"},
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Size that the device's user sees: 512M, 1.5G, 50%% of memory.")
    private @Nullable Long size;

    @Option(
            names = {"-a", "--algorithm"},
            paramLabel = "NAME",
            description = "Compression; default lz4, or what [default] in the configuration says.")
    private @Nullable String algorithm;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description =
                    "What to optimise for: speed (default), balanced or ratio. Chooses the"
                            + " compression of every page unless --algorithm names one.")
    private @Nullable String policy;

    @Mixin private LimitOptions limits = new LimitOptions();

    @Option(
            names = "--backend",
            paramLabel = "BACKEND",
            description =
                    "How to export the device: ublk, nbd, or auto (default): ublk where it works.")
    private @Nullable String backend;

    @Option(
            names = "--name",
            paramLabel = "zramN",
            description = "Name of the device; default the lowest free number.")
    private @Nullable String name;

    @Override
    public void run() {
        DeviceStatus device =
                runtimeDirectory
                        .agent()
                        .create(
                                new DeviceRequest(
                                        name,
                                        size,
                                        algorithm,
                                        policy,
                                        limits.memLimit,
                                        limits.softLimit,
                                        limits.headroom,
                                        backend));
        if (!device.backendReason().isEmpty()) {
            System.err.println("trueno-zram: not on ublk: " + device.backendReason());
        }
        json.print(device, () -> device.uri() + "\n");
    }
}
