package io.trueno.zram.agent.demo;

import io.trueno.zram.agent.device.DeviceStatus;

/**
 * What the demo saw.
 *
 * @param device after everything was written
 * @param samplePages different real pages that were used
 * @param verifiedPages pages that came back as they were written
 * @param depth requests in flight, each of one page
 * @param write over all measured rounds
 * @param read over all measured rounds
 */
public record DemoResult(
        DeviceStatus device,
        int samplePages,
        int verifiedPages,
        int depth,
        Speed write,
        Speed read) {
    /**
     * How fast requests were answered.
     *
     * @param megabytesPerSecond median round, 1e6 bytes
     * @param p50Micros time of a request from sending to reply
     * @param p99Micros the same, 99th percentile
     */
    public record Speed(double megabytesPerSecond, double p50Micros, double p99Micros) {}
}
