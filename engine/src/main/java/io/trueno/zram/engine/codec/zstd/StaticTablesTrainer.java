package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SameFill;
import io.trueno.zram.engine.SimdBackend;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes {@link StaticTables} of sampled pages: sorts pages by which set takes least for their
 * literals, fits each set to its pages, and again, until that settles (k-means, with bits for a
 * distance). Begun several times from pages picked by a seed; the best is kept. Runs for seconds
 * and allocates.
 */
public final class StaticTablesTrainer {
    /** What a sequence takes, about. */
    private static final int SEQUENCE_BYTES = 2;

    private static final int BEGINNINGS = 4;
    private static final int PASSES = 12;
    private static final int PAGES_OF_A_BEGINNING = 40;

    /** So many of each literal are thought to be there that were not. */
    private static final double PRIOR = 0.5;

    /** Static tables refer to no content, and a dictionary has to have some. */
    private static final int CONTENT_BYTES = 8;

    /** Those of a frame without a dictionary (RFC 8878, 3.1.1.5). */
    private static final int[] REPEAT_OFFSETS = {1, 4, 8};

    private final List<TableCounts> pages = new ArrayList<>();
    private final Random random = new Random(1);
    private final int sets;

    private StaticTablesTrainer(int sets) {
        this.sets = sets;
    }

    /**
     * Trains on pages; the same pages give the same tables.
     *
     * @param pages holds {@code count} pages back to back; same-filled ones and those that do not
     *     shrink teach nothing
     * @param sets 1 to 6
     * @return dictionaries as {@link StaticTables#of} takes them
     * @throws IllegalArgumentException if the pages are too few
     */
    public static List<byte[]> train(MemorySegment pages, int count, int sets) {
        StaticTablesTrainer trainer = new StaticTablesTrainer(sets);
        trainer.countPages(pages, count);
        if (trainer.pages.size() < sets * PAGES_OF_A_BEGINNING) {
            throw new IllegalArgumentException(
                    "static tables need more pages: "
                            + trainer.pages.size()
                            + " that shrink, of "
                            + count);
        }
        return dictionaries(trainer.best());
    }

    private void countPages(MemorySegment memory, int count) {
        SameFill sameFill = SameFill.create(SimdBackend.detect());
        SearchMemory search = new SearchMemory();
        MatchFinder finder = QuickBlockEncoder.finderOfStaticTables(SimdBackend.detect());
        SequenceStore found = new SequenceStore();
        for (int i = 0; i < count; i++) {
            long offset = (long) i * Pages.SIZE;
            if (sameFill.isSameFilled(memory, offset)) {
                continue;
            }
            search.setPage(memory, offset);
            finder.find(search, found);
            if (found.literalCount + SEQUENCE_BYTES * found.sequenceCount < Pages.SIZE) {
                TableCounts page = new TableCounts();
                page.count(found);
                pages.add(page);
            }
        }
    }

    private List<TableCounts> best() {
        List<TableCounts> best = List.of();
        double least = Double.MAX_VALUE;
        for (int i = 0; i < BEGINNINGS; i++) {
            List<TableCounts> found = beginning();
            double bits = 0;
            for (int pass = 0; pass < PASSES; pass++) {
                double[][] prices =
                        found.stream().map(StaticTablesTrainer::prices).toArray(double[][]::new);
                found = emptySets();
                bits = sort(prices, found);
            }
            if (bits < least) {
                least = bits;
                best = found;
            }
        }
        return best;
    }

    private List<TableCounts> beginning() {
        List<TableCounts> found = emptySets();
        for (TableCounts set : found) {
            for (int i = 0; i < PAGES_OF_A_BEGINNING; i++) {
                set.add(pages.get(random.nextInt(pages.size())));
            }
        }
        return found;
    }

    private List<TableCounts> emptySets() {
        List<TableCounts> empty = new ArrayList<>();
        for (int i = 0; i < sets; i++) {
            empty.add(new TableCounts());
        }
        return empty;
    }

    /** Adds each page to the set that takes least for it; returns the bits of all. */
    private double sort(double[][] prices, List<TableCounts> found) {
        double bits = 0;
        for (TableCounts page : pages) {
            int best = 0;
            double least = Double.MAX_VALUE;
            for (int i = 0; i < prices.length; i++) {
                double cost = cost(page.literals, prices[i]);
                if (cost < least) {
                    least = cost;
                    best = i;
                }
            }
            found.get(best).add(page);
            bits += least;
        }
        return bits;
    }

    private static double cost(long[] literals, double[] prices) {
        double bits = 0;
        for (int s = 0; s < prices.length; s++) {
            bits += literals[s] * prices[s];
        }
        return bits;
    }

    /** What each literal takes in a set, in bits: no more than the longest code. */
    private static double[] prices(TableCounts set) {
        double total = Arrays.stream(set.literals).sum() + PRIOR * set.literals.length;
        return Arrays.stream(set.literals)
                .mapToDouble(n -> Math.log(total / (n + PRIOR)) / Math.log(2))
                .map(bits -> Math.min(bits, ZstdFormat.MAX_HUFFMAN_BITS))
                .toArray();
    }

    private static List<byte[]> dictionaries(List<TableCounts> sets) {
        List<byte[]> dictionaries = new ArrayList<>();
        for (TableCounts set : sets) {
            dictionaries.add(
                    set.dictionary(
                                    StaticTables.FIRST_ID + dictionaries.size() + 1,
                                    REPEAT_OFFSETS,
                                    new byte[CONTENT_BYTES],
                                    Integer.MAX_VALUE)
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            "the literals of a set have no table")));
        }
        return dictionaries;
    }
}
