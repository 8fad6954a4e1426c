package io.trueno.zram.agent.control;

import org.jspecify.annotations.Nullable;

/**
 * Which pages to mark idle.
 *
 * @param ageSeconds those that were not used for as long; null for all
 */
public record IdleRequest(@Nullable Integer ageSeconds) {}
