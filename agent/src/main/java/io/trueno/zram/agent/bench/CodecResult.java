package io.trueno.zram.agent.bench;

import org.jspecify.annotations.Nullable;

/**
 * One line of {@code bench codec}; field names are the JSON's. Speeds in 1e9 original bytes per
 * second, times of one page in microseconds, all medians over the rounds.
 *
 * @param policy what codecs were chosen by page by page; null, and not printed, for a single codec
 * @param threads threads that worked at the same time; speeds are their sum
 * @param pages pages measured
 * @param ratio original bytes over compressed bytes, an incompressible page counted as 4096
 * @param round_trip_failures pages that did not come back as they were
 * @param interop_failures pages that the reference library could not decode from us, or we from it;
 *     counted on our lines when peers run
 */
public record CodecResult(
        String codec,
        String implementation,
        String backend,
        int level,
        boolean dictionary,
        @Nullable String policy,
        int threads,
        int pages,
        double ratio,
        double compress_gb_s,
        double decompress_gb_s,
        double compress_p50_us,
        double compress_p99_us,
        double decompress_p50_us,
        double decompress_p99_us,
        int round_trip_failures,
        int interop_failures) {}
