package io.trueno.zram.agent.control;

import org.jspecify.annotations.Nullable;

/**
 * Which pages to write back.
 *
 * @param request as it is written to kernel zram's {@code writeback}
 */
public record WritebackBody(@Nullable String request) {}
