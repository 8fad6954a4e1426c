package io.trueno.zram.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "reset",
        description = "Empty a device: content, counters and settings are as when it was made.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ResetCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private ForceOption force = new ForceOption();

    @Parameters(paramLabel = "DEVICE", description = "Such as zram0.")
    private String name = "";

    @Override
    public void run() {
        runtimeDirectory.agent().reset(name, force.given());
    }
}
