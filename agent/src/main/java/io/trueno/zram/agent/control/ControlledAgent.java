package io.trueno.zram.agent.control;

import io.trueno.zram.ublk.process.SwapCheck;
import java.util.List;

/** The agent itself, as it is asked over the control socket. May be called from any thread. */
public interface ControlledAgent {
    /** The agent as it is now. */
    AgentStatus status();

    /** Whether the process is fit to serve swap. */
    List<SwapCheck> swapChecks();

    /** Begins to replace the agent by the version that is installed now. */
    UpgradeReply upgrade();
}
