package io.trueno.zram.vmtests.lab;

/**
 * The size of a guest.
 *
 * @param memoryMiB of memory, the kernel's own included
 * @param processors virtual ones
 */
public record GuestSpec(int memoryMiB, int processors) {}
