package io.trueno.zram.ublk.queue;

/**
 * What the queues of a device have done since they are served.
 *
 * @param requests served
 * @param failed of them, answered with an error
 * @param batches times that requests were taken together
 * @param systemCalls made for all of it
 */
public record QueueStatistics(long requests, long failed, long batches, long systemCalls) {}
