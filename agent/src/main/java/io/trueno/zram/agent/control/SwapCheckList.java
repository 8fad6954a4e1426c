package io.trueno.zram.agent.control;

import io.trueno.zram.ublk.process.SwapCheck;
import java.util.List;

/**
 * What the doctor found.
 *
 * @param checks in the order in which they are told
 */
public record SwapCheckList(List<SwapCheck> checks) {
    /** Whether all hold. */
    public boolean hold() {
        return checks.stream().allMatch(SwapCheck::holds);
    }
}
