package io.trueno.zram.agent.control;

/**
 * The agent as it is now.
 *
 * @param version of the program
 * @param pid its process
 * @param uptimeSeconds since it began to serve
 * @param simdBackend what its kernels run on
 * @param devices how many there are
 */
public record AgentStatus(
        String version, long pid, long uptimeSeconds, String simdBackend, int devices) {}
