package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.ControlClient;
import io.trueno.zram.agent.control.SwapCheckList;
import io.trueno.zram.agent.device.DeviceRequest;
import io.trueno.zram.agent.device.DeviceStatus;
import io.trueno.zram.ublk.process.WatermarkBoost;
import java.util.stream.Collectors;
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
            names = "--no-attach",
            description =
                    "Leave a device that is served over NBD to whoever connects to it, instead of"
                            + " attaching it to the kernel's nbd driver as /dev/nbdN.")
    private boolean noAttach;

    @Option(
            names = "--name",
            paramLabel = "zramN",
            description = "Name of the device; default the lowest free number.")
    private @Nullable String name;

    @Option(
            names = "--swap",
            description =
                    "Make the device swap: mkswap, and swapon with discard. Sets"
                            + " vm.watermark_boost_factor to 0. Refused where the agent is not fit"
                            + " for it, see doctor.")
    private boolean swap;

    @Option(
            names = "--priority",
            paramLabel = "N",
            defaultValue = "100",
            description = "Of the swap, higher is used first (default: ${DEFAULT-VALUE}).")
    private int priority;

    @Option(names = "--force", description = "Make it swap although doctor finds something.")
    private boolean force;

    @Override
    public void run() {
        ControlClient agent = runtimeDirectory.agent();
        if (swap) {
            WatermarkBoost.switchOff()
                    .ifPresent(was ->
                            System.err.println(
                                    "trueno-zram: vm.watermark_boost_factor is 0 now, it was "
                                            + was));
            refuseUnlessFit(agent);
        }
        DeviceStatus device = create(agent);
        if (!device.backendReason().isEmpty()) {
            System.err.println("trueno-zram: not on ublk: " + device.backendReason());
        }
        if (!device.notAttached().isEmpty()) {
            System.err.println("trueno-zram: not attached: " + device.notAttached());
        }
        if (swap) {
            swapOn(agent, device);
        }
        json.print(device, () -> device.uri() + "\n");
    }

    private void refuseUnlessFit(ControlClient agent) {
        SwapCheckList checks = agent.swapChecks();
        String missing =
                checks.checks().stream()
                        .filter(check -> !check.holds())
                        .map(check -> check.name() + " (" + check.detail() + ")")
                        .collect(Collectors.joining(", "));
        if (missing.isEmpty()) {
            return;
        }
        if (!force) {
            throw new CommandFailure(
                    "swap on this agent could stop the machine: "
                            + missing
                            + ": see 'trueno-zram doctor', or use --force");
        }
        System.err.println(
                "trueno-zram: WARNING: swap on this agent can stop the machine: " + missing);
    }

    private void swapOn(ControlClient agent, DeviceStatus device) {
        try {
            if (!device.uri().startsWith("/dev/")) {
                throw new CommandFailure(
                        "no block device to swap to: "
                                + (noAttach ? "--no-attach is given" : device.notAttached()));
            }
            new SwapArea(device.uri()).on(priority);
        } catch (CommandFailure e) {
            agent.remove(device.name(), true);
            throw e;
        }
    }

    private DeviceStatus create(ControlClient agent) {
        return agent.create(
                new DeviceRequest(
                        name,
                        size,
                        algorithm,
                        policy,
                        limits.memLimit,
                        limits.softLimit,
                        limits.headroom,
                        backend,
                        noAttach ? Boolean.FALSE : null));
    }
}
