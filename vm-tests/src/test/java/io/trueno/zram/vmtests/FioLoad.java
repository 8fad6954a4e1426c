package io.trueno.zram.vmtests;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What fio writes and then reads back.
 *
 * @param pattern {@code write}, from the beginning to the end, or {@code randwrite}
 * @param blockKiB of each request
 * @param depth requests under way
 * @param jobs writers, each with a part of the device
 * @param direct 1, or 0 for writing through the guest's page cache
 */
record FioLoad(String pattern, int blockKiB, int depth, int jobs, int direct) {
    private static final List<String> PATTERNS = List.of("randwrite", "write");
    private static final List<Integer> BLOCKS_KIB = List.of(4, 16, 64, 256, 1024);
    private static final List<Integer> DEPTHS = List.of(1, 8, 32, 128);
    private static final List<Integer> JOBS = List.of(1, 4);

    /** Every combination. */
    static Stream<FioLoad> all() {
        List<FioLoad> loads = new ArrayList<>();
        for (int b = 0; b < BLOCKS_KIB.size(); b++) {
            for (int d = 0; d < DEPTHS.size(); d++) {
                for (int rest = 0; rest < 8; rest++) {
                    loads.add(load(b, d, rest & 1, rest >> 1 & 1, rest >> 2));
                }
            }
        }
        return loads.stream();
    }

    /** So many that every two values meet in one: each size at each depth, the others in turn. */
    static Stream<FioLoad> everyPair() {
        List<FioLoad> loads = new ArrayList<>();
        for (int b = 0; b < BLOCKS_KIB.size(); b++) {
            for (int d = 0; d < DEPTHS.size(); d++) {
                loads.add(load(b, d, (b + d) & 1, (b + d / 2) & 1, (b / 2 + d) & 1));
            }
        }
        return loads.stream();
    }

    private static FioLoad load(int block, int depth, int pattern, int jobs, int direct) {
        return new FioLoad(
                PATTERNS.get(pattern),
                BLOCKS_KIB.get(block),
                DEPTHS.get(depth),
                JOBS.get(jobs),
                direct);
    }

    /**
     * A shell's lines that write to a device, and compare once the page cache holds nothing of it.
     * Both runs of fio make the same content from the same seed.
     */
    String script(String path, int deviceMiB) {
        return """
        load() {
          fio --name=load --filename=%1$s --rw=%2$s --bs=%3$dk --iodepth=%4$d --numjobs=%5$d --direct=%6$d \\
            --ioengine=libaio --verify=crc32c --verify_fatal=1 --verify_state_save=0 --buffer_compress_percentage=60 \\
            --size=%7$dm --offset_increment=%7$dm --io_size=%8$dk --randrepeat=1 --randseed=7 --group_reporting "$@"
        }
        load --do_verify=0
        sync %1$s
        blockdev --flushbufs %1$s
        load --verify_only
        """
                .formatted(
                        path,
                        pattern,
                        blockKiB,
                        depth,
                        jobs,
                        direct,
                        deviceMiB / jobs,
                        Math.max(2 << 10, 16 * blockKiB));
    }

    @Override
    public String toString() {
        return "%s of %dk, depth %d, %d jobs, %s"
                .formatted(pattern, blockKiB, depth, jobs, direct == 1 ? "direct" : "buffered");
    }
}
