package io.trueno.zram.agent.control;

/**
 * An upgrade has begun.
 *
 * @param from version that runs
 * @param to version that will
 * @param startMillis of the agent that runs; the next one has another
 */
public record UpgradeReply(String from, String to, long startMillis) {}
