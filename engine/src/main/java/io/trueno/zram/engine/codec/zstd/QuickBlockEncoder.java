package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
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
    static final int TOO_LONG = -1;

    /** More literals than this decode faster in four streams, which take some ten bytes more. */
    private static final int FAST_SINGLE_STREAM = 255;

    /** What a single stream can hold at most. */
    private static final int DENSE_SINGLE_STREAM = 1023;

    /** At level -1, what tables of lengths of its own have to save per sequence, as a cost. */
    private static final int FAST_WORTH = BitCost.ONE;

    private final SearchMemory memory = new SearchMemory();
    private final MatchFinder finder;
    private final SequenceStore store = new SequenceStore();
    private final LiteralsEncoder literals;

    /** Whether literals are never coded, which takes no time to write and little to read. */
    private final boolean rawLiterals;

    private final SequencesEncoder sequences;
    private final byte[] spill =
            new byte[2 * Pages.SIZE + SequencesEncoder.maxBytes(SequenceStore.MAX_SEQUENCES)];

    /**
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
        literals =
                new LiteralsEncoder(
                        level == 3 ? DENSE_SINGLE_STREAM : FAST_SINGLE_STREAM,
                        dictionary == null ? null : dictionary.literalCodes,
                        level != 3,
                        Kernels.of(backend));
        rawLiterals = level == -1 && dictionary == null;
        sequences = SequencesEncoder.quick(dictionary, level != 3, rawLiterals ? FAST_WORTH : 0);
    }

    private static MatchFinder finder(
            int level, @Nullable PreparedDictionary dictionary, MatchFinders finders) {
        return level == 3 && dictionary == null
                ? finders.newDouble()
                : finders.newFast(dictionary, level == -1 && dictionary == null ? 5 : 8);
    }

    /** What the last page was made of; valid until the next. */
    SequenceStore store() {
        return store;
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
        int afterLiterals =
                rawLiterals
                        ? LiteralsEncoder.writeRaw(store.literals, store.literalCount, packed, at)
                        : literals.write(store.literals, store.literalCount, packed, at);
        if (afterLiterals + 2 >= Pages.SIZE) {
            return TOO_LONG;
        }
        int end = encodeSequences(packed, afterLiterals);
        return end < Pages.SIZE ? end : TOO_LONG;
    }

    /** Writes in place when the worst case fits, else beside and copies what fits. */
    private int encodeSequences(byte[] packed, int at) {
        if (at + SequencesEncoder.maxBytes(store.sequenceCount) <= packed.length) {
            return sequences.write(store, packed, at);
        }
        int end = sequences.write(store, spill, at);
        if (end < Pages.SIZE) {
            System.arraycopy(spill, at, packed, at, end - at);
        }
        return end;
    }
}
