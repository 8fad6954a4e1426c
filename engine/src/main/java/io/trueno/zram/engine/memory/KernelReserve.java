package io.trueno.zram.engine.memory;

/**
 * Memory that the kernel keeps back. When nothing else is free, a thread with a real-time priority
 * still gets some of it, half of what lies below the lowest watermark ({@code ALLOC_MIN_RESERVE} in
 * {@code mm/page_alloc.c}), where others have to reclaim memory first. A process that serves swap
 * runs in real time for that. What takes memory by the chunk would soon take all of the reserve
 * from the rest of the process, and so does without.
 */
final class KernelReserve {
    private KernelReserve() {}

    /** Runs something that takes memory in the calling thread, which leaves the reserve alone. */
    static void leaveAlone(Runnable takesMemory) {
        int policy = LinuxMemory.schedulingPolicy();
        if (policy == LinuxMemory.SCHED_OTHER) {
            takesMemory.run();
            return;
        }
        LinuxMemory.schedulingPolicy(LinuxMemory.SCHED_OTHER);
        try {
            takesMemory.run();
        } finally {
            LinuxMemory.schedulingPolicy(policy);
        }
    }
}
