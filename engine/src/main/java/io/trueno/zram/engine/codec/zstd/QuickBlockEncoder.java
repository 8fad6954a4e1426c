package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.zstd.MatchFinders.Search;
import io.trueno.zram.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a page as one block in three passes that share nothing but a list of sequences: search,
 * literals, sequences. Not thread-safe; allocates nothing after construction.
 */
final class QuickBlockEncoder {
    /** Answer of {@link #encode}: the page would not shrink. */
    static final int TOO_LONG = BlockWriter.TOO_LONG;

    private final SearchMemory memory = new SearchMemory();
    private final MatchFinder finder;
    private final SequenceStore store = new SequenceStore();

    /** One of these two. */
    private final @Nullable BlockWriter writer;

    private final @Nullable StaticBlockWriter staticWriter;

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
        finder = finder(level, dictionary, backend);
        writer = new BlockWriter(level, dictionary, Kernels.of(backend));
        staticWriter = null;
    }

    /** An encoder that searches in haste and writes with static tables. */
    QuickBlockEncoder(StaticTables tables, SimdBackend backend) {
        finder = finderOfStaticTables(backend);
        writer = null;
        staticWriter = new StaticBlockWriter(tables);
    }

    /** What encoders with static tables search with. */
    static MatchFinder finderOfStaticTables(SimdBackend backend) {
        return MatchFinders.withOneTable(Search.HASTY, null, backend);
    }

    private static MatchFinder finder(
            int level, @Nullable PreparedDictionary dictionary, SimdBackend backend) {
        if (dictionary != null) {
            return MatchFinders.withOneTable(Search.DICTIONARY, dictionary, backend);
        }
        return switch (level) {
            case -1 -> MatchFinders.withOneTable(Search.FAST, null, backend);
            case 1 -> MatchFinders.withOneTable(Search.DENSE, null, backend);
            default -> MatchFinders.withTwoTables(backend);
        };
    }

    /** What the last page was made of; valid until the next. */
    SequenceStore store() {
        return store;
    }

    /** Index of the set of static tables that the last block needs; 0 without such. */
    int chosen() {
        return staticWriter == null ? 0 : staticWriter.chosen();
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
        return staticWriter != null
                ? staticWriter.write(store, packed, at)
                : Objects.requireNonNull(writer).write(store, packed, at);
    }
}
