package io.trueno.zram.agent.bench;

/**
 * The line of {@code bench store}; field names are the JSON's. Sizes in bytes, speeds in 1e9
 * original bytes per second (medians over the rounds), times of one page in microseconds (over all
 * measured rounds).
 *
 * @param pages page writes of one round
 * @param threads threads that worked at the same time; speeds are their sum
 * @param effective_ratio {@code orig_data_size} over all memory that the pages cost: arena, index
 *     and dictionaries
 * @param lz4_alone_p50_us of packing the same pages with LZ4 and no store, by turns with writing
 *     them: what codec and machine leave; p99 and p99.9 likewise
 * @param headroom_bytes memory mapped ahead of its use after the last round: the same for a device
 *     however much it holds, and not in {@code effective_ratio}
 * @param rss_growth_bytes growth of the process's resident memory while one store was opened and
 *     filled
 * @param rss_overhead_bytes the part of it beyond {@code mem_used_total} and the headroom
 * @param recompressed_pages pages that recompression tried
 * @param recompressed_gained pages of them that took less memory then
 * @param recompress_s seconds of the last round's recompression, training and compaction included
 * @param verify_failures pages that did not come back as they were written last
 */
public record StoreResult(
        int pages,
        int threads,
        String algorithm,
        String policy,
        long orig_data_size,
        long compr_data_size,
        long mem_used_total,
        long index_bytes,
        long dictionary_bytes,
        double effective_ratio,
        long same_pages,
        long huge_pages,
        double write_gb_s,
        double read_gb_s,
        double write_p50_us,
        double write_p99_us,
        double write_p999_us,
        double read_p50_us,
        double read_p99_us,
        double read_p999_us,
        double lz4_alone_p50_us,
        double lz4_alone_p99_us,
        double lz4_alone_p999_us,
        long headroom_bytes,
        long recompressed_pages,
        long recompressed_gained,
        double recompress_s,
        long rss_growth_bytes,
        long rss_overhead_bytes,
        int verify_failures) {}
