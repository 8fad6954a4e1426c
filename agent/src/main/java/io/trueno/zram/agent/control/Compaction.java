package io.trueno.zram.agent.control;

/** What a compaction brought: bytes of memory given back. */
public record Compaction(long savedBytes) {}
