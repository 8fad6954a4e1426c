package io.trueno.zram.agent.control;

/** How many pages were marked idle. */
public record Marked(long pages) {}
