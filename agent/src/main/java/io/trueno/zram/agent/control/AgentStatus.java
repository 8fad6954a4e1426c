package io.trueno.zram.agent.control;

import org.jspecify.annotations.Nullable;

/**
 * The agent as it is now.
 *
 * @param version of the program
 * @param pid its process
 * @param startMillis when it began, since 1970
 * @param uptimeSeconds since then
 * @param simdBackend what its kernels run on
 * @param devices how many there are
 * @param interruptedMillis how long devices were without service while this agent took over from
 *     the one before, in an upgrade; null if it did not
 */
public record AgentStatus(
        String version,
        long pid,
        long startMillis,
        long uptimeSeconds,
        String simdBackend,
        int devices,
        @Nullable Long interruptedMillis) {}
