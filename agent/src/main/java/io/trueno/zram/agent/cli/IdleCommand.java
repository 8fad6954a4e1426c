package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.Marked;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "idle",
        description = "Mark pages idle, until they are read or written, for recompress type=idle.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class IdleCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private JsonOption json = new JsonOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "DEVICE", description = "Such as zram0.")
    private String name = "";

    @Parameters(
            index = "1",
            paramLabel = "all|SECONDS",
            description = "All pages, or those that were not used for so many seconds.")
    private String age = "";

    @Override
    public void run() {
        Marked marked = runtimeDirectory.agent().idle(name, age.equals("all") ? 0 : seconds());
        json.print(marked, () -> marked.pages() + " pages are idle\n");
    }

    private int seconds() {
        try {
            return Integer.parseInt(age);
        } catch (NumberFormatException e) {
            throw new ParameterException(
                    new CommandLine(spec), "not an age: '" + age + "': use all or seconds", e);
        }
    }
}
