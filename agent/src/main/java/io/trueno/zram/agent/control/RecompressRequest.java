package io.trueno.zram.agent.control;

import org.jspecify.annotations.Nullable;

/**
 * Which pages to recompress and how.
 *
 * @param request as it is written to kernel zram's {@code recompress}; null for all pages, with all
 *     effort
 */
public record RecompressRequest(@Nullable String request) {}
