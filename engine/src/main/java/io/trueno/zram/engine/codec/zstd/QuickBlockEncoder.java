package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a page as one block in three passes that share nothing but a list of sequences: search,
 * literals, sequences. Not thread-safe; allocates nothing after construction.
 */
final class QuickBlockEncoder {
    /** Answer of {@link #encode}: the page would not shrink. */
    static final int TOO_LONG = BlockWriter.TOO_LONG;

    /** Of level -1 and of static tables: after 32 bytes without a match, steps grow by one. */
    private static final int FAST_SKIP_SHIFT = 5;

    private static final int SKIP_SHIFT = 8;

    private final SearchMemory memory = new SearchMemory();
    private final MatchFinder finder;
    private final SequenceStore store = new SequenceStore();
    private final @Nullable StaticTables tables;

    /** One, or one for each set of static tables. */
    private final BlockWriter[] writers;

    /** Index of the set of static tables that the last block was written with. */
    private int chosen;

    /**
     * An encoder of a level.
     *
     * @throws IllegalArgumentException if the level is not -1, 1 or 3
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    QuickBlockEncoder(int level, @Nullable PreparedDictionary dictionary, SimdBackend backend) {
        if (level != -1 && level != 1 && level != 3) {
            throw new IllegalArgumentException(
                    "zstd levels here are -1, 1, 3 and "
                            + ZstdPageEncoder.DENSE_LEVEL
                            + ": level="
                            + level);
        }
        if (dictionary != null) {
            memory.setContent(dictionary.content);
        }
        finder = finder(level, dictionary, MatchFinders.of(backend));
        tables = null;
        writers = new BlockWriter[] {new BlockWriter(level, dictionary, Kernels.of(backend))};
    }

    /** An encoder that searches as level -1 does and writes with static tables. */
    QuickBlockEncoder(StaticTables tables, SimdBackend backend) {
        finder = MatchFinders.of(backend).newFast(null, FAST_SKIP_SHIFT);
        this.tables = tables;
        writers = new BlockWriter[tables.count()];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = new BlockWriter(1, tables.set(i), Kernels.of(backend));
        }
    }

    private static MatchFinder finder(
            int level, @Nullable PreparedDictionary dictionary, MatchFinders finders) {
        return level == 3 && dictionary == null
                ? finders.newDouble()
                : finders.newFast(
                        dictionary,
                        level == -1 && dictionary == null ? FAST_SKIP_SHIFT : SKIP_SHIFT);
    }

    /** What the last page was made of; valid until the next. */
    SequenceStore store() {
        return store;
    }

    /** Index of the set of static tables that the last block needs; 0 without such. */
    int chosen() {
        return chosen;
    }

    /**
     * Writes the content of a block (RFC 8878, 3.1.1.3).
     *
     * @param page holds the page at {@code pageOffset}
     * @param packed has {@link io.trueno.zram.engine.codec.PageCodec#PACKED_CAPACITY} bytes
     * @return the position after the last byte, or {@link #TOO_LONG}
     */
    int encode(MemorySegment page, long pageOffset, byte[] packed, int at) {
        memory.setPage(page, pageOffset);
        finder.find(memory, store);
        store.gatherLiterals(memory);
        if (tables != null) {
            chosen = tables.choose(store.literals, store.literalCount);
        }
        return writers[chosen].write(store, packed, at);
    }
}
