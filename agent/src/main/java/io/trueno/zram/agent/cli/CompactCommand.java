package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.Compaction;
import io.trueno.zram.config.ByteSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "compact",
        description = "Move a device's pages together and give the memory between them back.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CompactCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "DEVICE", description = "Such as zram0.")
    private String name = "";

    @Override
    public void run() {
        Compaction done = runtimeDirectory.agent().compact(name);
        json.print(done, () -> ByteSize.format(done.savedBytes()) + " saved\n");
    }
}
