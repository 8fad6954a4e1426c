package io.trueno.zram.config;

/**
 * How ublk devices are served.
 *
 * @param queues of each device, one thread each, 1 to 64; the kernel takes no more than there are
 *     processors
 * @param depth requests under way in each queue, 1 to 4096
 * @param maxIoBytes longest request, whole pages of 4 KiB up to 32 MiB; each request under way has
 *     a buffer of it
 */
public record UblkConfig(int queues, int depth, int maxIoBytes) {}
