package io.trueno.zram.agent.bench;

import io.trueno.zram.agent.dictionary.ZstdJniDictionaryTrainer;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.DictionaryTrainer.DictionaryTrainingException;
import io.trueno.zram.engine.DictionaryVerdict;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.codec.zstd.DictionaryTables;
import io.trueno.zram.engine.codec.zstd.PreparedDictionary;
import io.trueno.zram.engine.codec.zstd.ZstdDictionary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * {@code bench codec --dictionary}: for each file trains a dictionary on half of its pages and
 * measures on the other half, Zstandard with and without it. Every level uses it with tables of its
 * own. Halves are made of blocks of {@value #BLOCK} pages in turn, so that neighbours, which are
 * often alike, mostly stay on one side.
 */
public final class DictionaryBench {
    private static final int BLOCK = 16;

    private DictionaryBench() {}

    /**
     * The verdict on one file's dictionary.
     *
     * @param file name of the file
     * @param dictionary_bytes its size
     * @param accepted whether it is worth using
     * @param reason in words
     * @param bytes_without packed bytes of the tested half without it, by libzstd level 1
     * @param bytes_with the same with it, and with its own bytes as far as the tested half of the
     *     file's pages goes
     */
    public record Verdict(
            String file,
            int dictionary_bytes,
            boolean accepted,
            String reason,
            long bytes_without,
            long bytes_with) {}

    /**
     * What was found.
     *
     * @param results lines with and without dictionaries, all over the tested halves
     * @param verdicts one per file
     */
    public record Outcome(List<CodecResult> results, List<Verdict> verdicts) {}

    /** The pages of all files that are tested, and each file's dictionary. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Trained(
            PageSet test,
            long[] ends,
            int[] filePages,
            List<byte[]> dictionaries,
            List<PageSet> training) {
        /** A file's dictionary with the tables of one of our levels. */
        byte[] fitted(int file, int level) {
            PageSet pages = training.get(file);
            return DictionaryTables.fit(
                    dictionaries.get(file), level, pages.memory(), pages.count());
        }
    }

    /**
     * Trains and measures.
     *
     * @param files one workload each, at most 127
     * @param maxBytes the most a dictionary may weigh
     * @param progress told the done fraction, 0 to 1, from time to time
     * @throws IOException if a file cannot be read
     * @throws DictionaryTrainingException if a file is too small or too uniform to train on
     */
    public static Outcome run(
            List<Path> files, int maxBytes, CodecBench.Options options, DoubleConsumer progress)
            throws IOException, InterruptedException, DictionaryTrainingException {
        Trained trained = train(files, maxBytes);
        List<CodecResult> results =
                CodecBench.run(
                        trained.test(),
                        options.threads(),
                        options.rounds(),
                        () -> subjects(trained, options),
                        progress);
        List<Verdict> verdicts = new ArrayList<>();
        for (int f = 0; f < files.size(); f++) {
            verdicts.add(judge(files.get(f), trained, f));
        }
        return new Outcome(results, verdicts);
    }

    /** Trains on one half of each file's pages and leaves the other. */
    static Trained train(List<Path> files, int maxBytes)
            throws IOException, DictionaryTrainingException {
        DictionaryTrainer trainer = new ZstdJniDictionaryTrainer();
        List<PageSet> tests = new ArrayList<>();
        List<byte[]> dictionaries = new ArrayList<>();
        List<PageSet> training = new ArrayList<>();
        int[] filePages = new int[files.size()];
        for (Path file : files) {
            PageSet pages = PageSet.load(List.of(file));
            filePages[tests.size()] = pages.count();
            PageSet half = half(pages, 0);
            tests.add(half(pages, 1));
            training.add(half);
            dictionaries.add(trainer.train(half.memory(), half.count(), maxBytes));
        }
        int count = tests.stream().mapToInt(PageSet::count).sum();
        MemorySegment memory = Arena.global().allocate((long) count * Pages.SIZE, 64);
        long[] ends = new long[files.size()];
        long at = 0;
        for (int f = 0; f < ends.length; f++) {
            PageSet test = tests.get(f);
            MemorySegment.copy(test.memory(), 0, memory, at, test.bytes());
            at += test.bytes();
            ends[f] = at;
        }
        return new Trained(new PageSet(memory, count), ends, filePages, dictionaries, training);
    }

    /** The pages of every other block. */
    private static PageSet half(PageSet pages, int which) {
        MemorySegment memory = Arena.global().allocate(pages.bytes(), 64);
        int count = 0;
        for (int i = 0; i < pages.count(); i++) {
            if (i / BLOCK % 2 == which) {
                MemorySegment.copy(
                        pages.memory(),
                        pages.offset(i),
                        memory,
                        (long) count * Pages.SIZE,
                        Pages.SIZE);
                count++;
            }
        }
        if (count == 0) {
            throw new IllegalArgumentException(
                    "a file of fewer than " + 2 * BLOCK + " pages has no second half");
        }
        return new PageSet(memory, count);
    }

    private static List<CodecSubject> subjects(Trained trained, CodecBench.Options options) {
        List<CodecSubject> subjects = new ArrayList<>(CodecBench.subjects(options));
        for (Algorithm algorithm : options.algorithms()) {
            int level = algorithm.level();
            List<CodecSubject> ours = new ArrayList<>();
            List<CodecSubject> reference = new ArrayList<>();
            for (int f = 0; f < trained.dictionaries().size(); f++) {
                byte[] dictionary = trained.fitted(f, level);
                PreparedDictionary prepared =
                        PreparedDictionary.of(ZstdDictionary.parse(dictionary));
                ours.add(new TruenoCodec(level, prepared, options.backends().getFirst()));
                reference.add(new Libzstd(level, dictionary));
            }
            subjects.add(new PerWorkload(ours, trained.ends()));
            if (options.peers()) {
                subjects.add(new PerWorkload(reference, trained.ends()));
            }
        }
        return subjects;
    }

    private static Verdict judge(Path file, Trained trained, int f) {
        byte[] dictionary = trained.dictionaries().get(f);
        long from = f == 0 ? 0 : trained.ends()[f - 1];
        MemorySegment pages = trained.test().memory();
        Libzstd without = new Libzstd(1);
        Libzstd with = new Libzstd(1, dictionary);
        long bytesWithout = without.packedBytes(pages, from, trained.ends()[f]);
        long bytesWith = with.packedBytes(pages, from, trained.ends()[f]);
        long tested = (trained.ends()[f] - from) / Pages.SIZE;
        DictionaryVerdict verdict =
                DictionaryVerdict.of(
                        bytesWithout, bytesWith, tested, dictionary.length, trained.filePages()[f]);
        return new Verdict(
                String.valueOf(file.getFileName()),
                dictionary.length,
                verdict.accepted(),
                verdict.reason(),
                verdict.bytesWithout(),
                verdict.bytesWith());
    }
}
