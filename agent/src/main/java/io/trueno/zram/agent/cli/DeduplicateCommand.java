package io.trueno.zram.agent.cli;

import io.trueno.zram.config.ByteSize;
import io.trueno.zram.engine.store.Deduplication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "deduplicate",
        description = "Let a device's pages of the same content share memory.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DeduplicateCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "DEVICE", description = "Such as zram0.")
    private String name = "";

    @Override
    public void run() {
        Deduplication done = runtimeDirectory.agent().deduplicate(name);
        json.print(
                done,
                () ->
                        ByteSize.format(done.bytesSaved())
                                + " saved in "
                                + done.pagesShared()
                                + " pages\n");
    }
}
