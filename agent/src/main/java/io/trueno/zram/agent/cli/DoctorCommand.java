package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.SwapCheckList;
import io.trueno.zram.ublk.process.SwapCheck;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

@Command(
        name = "doctor",
        description =
                "Tell whether the running agent is fit to serve swap, and what is missing. Exit"
                        + " status 1 if something is.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DoctorCommand implements Callable<Integer> {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
        SwapCheckList checks = runtimeDirectory.agent().swapChecks();
        json.print(checks, () -> table(checks));
        return checks.hold() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static String table(SwapCheckList checks) {
        TextTable table = new TextTable("CHECK", "STATE", "FOUND", "REMEDY");
        for (SwapCheck check : checks.checks()) {
            table.row(
                    check.name(), check.holds() ? "ok" : "missing", check.detail(), check.remedy());
        }
        return table.toString();
    }
}
