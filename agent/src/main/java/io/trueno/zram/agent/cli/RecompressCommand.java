package io.trueno.zram.agent.cli;

import io.trueno.zram.config.ByteSize;
import io.trueno.zram.engine.store.Recompression;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "recompress",
        description = "Pack a device's pages more tightly, largest first.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Words are those of kernel zram, in any order, each optional:",
            "  type=idle|huge|huge_idle  only pages marked idle, incompressible ones, or both",
            "  threshold=BYTES           only pages that take at least so much",
            "  max_pages=N               try no more than so many",
            "  priority=1|2|3            effort: Zstandard, with dictionaries, everything (default)",
            "  algo=NAME                 this compression instead, such as lz4hc"
        })
final class RecompressCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "DEVICE", description = "Such as zram0.")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "WORD",
            description = "Which pages, and how; all of them with all effort by default.")
    private List<String> words = List.of();

    @Override
    public void run() {
        Recompression done = runtimeDirectory.agent().recompress(name, String.join(" ", words));
        json.print(
                done,
                () ->
                        ByteSize.format(done.bytesSaved())
                                + " saved in "
                                + done.pagesGained()
                                + " of "
                                + done.pagesTried()
                                + " pages\n");
    }
}
