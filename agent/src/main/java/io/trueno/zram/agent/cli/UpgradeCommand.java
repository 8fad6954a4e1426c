package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.AgentStatus;
import io.trueno.zram.agent.control.ControlClient;
import io.trueno.zram.agent.control.ControlException;
import io.trueno.zram.agent.control.UpgradeReply;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "upgrade",
        description =
                "Replace the running agent by the version that is installed now. Users of ublk"
                        + " devices wait for a moment and go on.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class UpgradeCommand implements Runnable {
    private static final long POLL_MILLIS = 20;

    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private JsonOption json = new JsonOption();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait for the new agent (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Override
    public void run() {
        ControlClient agent = runtimeDirectory.agent();
        UpgradeReply begun = agent.upgrade();
        AgentStatus next = awaitNext(agent, begun);
        json.print(
                next,
                () ->
                        begun.from()
                                + " is now "
                                + next.version()
                                + (next.interruptedMillis() == null
                                        ? ""
                                        : ", " + next.interruptedMillis() + " ms without service")
                                + "\n");
    }

    private AgentStatus awaitNext(ControlClient agent, UpgradeReply begun) {
        long deadline = System.nanoTime() + Duration.ofSeconds(timeoutSeconds).toNanos();
        while (System.nanoTime() - deadline < 0) {
            try {
                AgentStatus status = agent.agent();
                if (status.startMillis() != begun.startMillis()) {
                    return status;
                }
            } catch (ControlException e) {
                // between the two agents nobody listens
            }
            pause();
        }
        throw new CommandFailure(
                "no new agent after " + timeoutSeconds + " s: see the agent's log");
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while waiting for the new agent", e);
        }
    }
}
