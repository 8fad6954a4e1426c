package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.DictionaryVerdict;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import io.trueno.zram.engine.codec.zstd.StaticTables;
import io.trueno.zram.engine.codec.zstd.StaticTablesTrainer;
import io.trueno.zram.engine.codec.zstd.ZstdStaticCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * {@code bench tables}: trains static tables and tells what they make of each workload, once with
 * tables that saw all workloads and once with such that did not see this one.
 */
public final class StaticTablesBench {
    private static final int SETS = 6;

    private StaticTablesBench() {}

    /**
     * Packed bytes of a workload, incompressible pages counted whole.
     *
     * @param workload its file
     * @param pages how many
     * @param level_1 Zstandard level 1
     * @param level_minus_1 Zstandard level -1
     * @param seen static tables of all workloads
     * @param left_out static tables of the others
     */
    public record Result(
            String workload,
            int pages,
            long level_1,
            long level_minus_1,
            long seen,
            long left_out) {}

    /**
     * What was found.
     *
     * @param tables dictionaries that all pages give
     */
    public record Outcome(List<byte[]> tables, List<Result> results) {}

    /**
     * Trains and measures.
     *
     * @param files one workload each, two at least
     * @param progress told the done fraction, 0 to 1, from time to time
     * @throws IOException if a file cannot be read
     */
    public static Outcome run(List<Path> files, SimdBackend backend, DoubleConsumer progress)
            throws IOException {
        List<byte[]> tables = train(files);
        PageCodec seen = codec(tables, backend);
        PageCodec level1 = PageCodecs.create(Algorithm.zstd(1), backend);
        PageCodec levelMinus1 = PageCodecs.create(Algorithm.zstd(-1), backend);
        List<Result> results = new ArrayList<>();
        for (Path file : files) {
            progress.accept((results.size() + 1.0) / (files.size() + 1));
            PageSet pages = PageSet.load(List.of(file));
            List<Path> others = files.stream().filter(f -> !f.equals(file)).toList();
            results.add(
                    new Result(
                            String.valueOf(file.getFileName()),
                            pages.count(),
                            packedBytes(level1, pages),
                            packedBytes(levelMinus1, pages),
                            packedBytes(seen, pages),
                            packedBytes(codec(train(others), backend), pages)));
        }
        return new Outcome(tables, results);
    }

    private static List<byte[]> train(List<Path> files) throws IOException {
        PageSet pages = PageSet.load(files);
        return StaticTablesTrainer.train(pages.memory(), pages.count(), SETS);
    }

    private static PageCodec codec(List<byte[]> tables, SimdBackend backend) {
        return ZstdStaticCodec.ofFrames(StaticTables.of(tables), backend);
    }

    private static long packedBytes(PageCodec codec, PageSet pages) {
        return DictionaryVerdict.packedBytes(codec, pages.memory(), pages.count());
    }
}
