package io.trueno.zram.agent.cli;

import io.trueno.zram.config.ByteSize;
import io.trueno.zram.engine.store.WritebackResult;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "writeback",
        description = "Move pages from memory to a device's backing device, largest first.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Words are those of kernel zram, in any order, at least one:",
            "  type=idle|huge|huge_idle|incompressible  only pages of this kind",
            "  page_index=N, page_indexes=LO-HI         only these pages",
            "'set DEVICE --backing-dev PATH' names the file or block device."
        })
final class WritebackCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "DEVICE", description = "Such as zram0.")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "WORD", description = "Which pages.")
    private List<String> words = List.of();

    @Override
    public void run() {
        WritebackResult done = runtimeDirectory.agent().writeback(name, String.join(" ", words));
        json.print(
                done,
                () ->
                        done.pages()
                                + " pages written back, "
                                + ByteSize.format(done.packedBytes())
                                + " of memory\n");
        if (!done.stopped().isEmpty()) {
            throw new CommandFailure(done.stopped() + ": the other pages stay in memory");
        }
    }
}
