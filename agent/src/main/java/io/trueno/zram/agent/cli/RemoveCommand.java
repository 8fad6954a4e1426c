package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.ControlClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "remove",
        description = "Remove devices and give their memory back. Their content is lost.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class RemoveCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private ForceOption force = new ForceOption();

    @Option(
            names = "--swapoff",
            description = "Take a device that is swap back first; its content returns to memory.")
    private boolean swapOff;

    @Parameters(arity = "1..*", paramLabel = "DEVICE", description = "Such as zram0.")
    private List<String> names = List.of();

    @Override
    public void run() {
        ControlClient agent = runtimeDirectory.agent();
        for (String name : names) {
            if (swapOff) {
                SwapArea area = new SwapArea(agent.status(name).uri());
                if (area.isOn()) {
                    area.off();
                }
            }
            agent.remove(name, force.given());
        }
    }
}
