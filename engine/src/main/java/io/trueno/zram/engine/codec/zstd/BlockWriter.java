package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * Writes what was found in a page as the content of a block (RFC 8878, 3.1.1.3), quickly. Not
 * thread-safe; allocates nothing after construction.
 */
final class BlockWriter {
    /** Answer of {@link #write}: the page would not shrink. */
    static final int TOO_LONG = -1;

    /** More literals than this decode faster in four streams, which take some ten bytes more. */
    static final int FAST_SINGLE_STREAM = 255;

    /** What a single stream can hold at most. */
    private static final int DENSE_SINGLE_STREAM = 1023;

    /** At level 1, what tables of lengths of its own have to save per sequence, as a cost. */
    private static final int WORTH = BitCost.ONE / 2;

    /** The same at level -1. */
    private static final int FAST_WORTH = BitCost.ONE;

    private final LiteralsEncoder literals;

    /** Whether literals are never coded, which takes no time to write and little to read. */
    private final boolean rawLiterals;

    private final SequencesEncoder sequences;
    private final byte[] spill =
            new byte[2 * Pages.SIZE + SequencesEncoder.maxBytes(SequenceStore.MAX_SEQUENCES)];

    /**
     * @param level -1, 1 or 3
     * @param dictionary whose tables may be used, if there is one
     */
    BlockWriter(int level, @Nullable PreparedDictionary dictionary, Kernels kernels) {
        literals =
                new LiteralsEncoder(
                        level == 3 ? DENSE_SINGLE_STREAM : FAST_SINGLE_STREAM,
                        dictionary == null ? null : dictionary.literalCodes,
                        level != 3,
                        kernels);
        rawLiterals = level == -1 && dictionary == null;
        int worth = level == 3 ? 0 : level == 1 ? WORTH : FAST_WORTH;
        sequences = SequencesEncoder.quick(dictionary, level != 3, worth);
    }

    /**
     * Writes the content of a block.
     *
     * @param packed has {@link io.trueno.zram.engine.codec.PageCodec#PACKED_CAPACITY} bytes
     * @return the position after the last byte, or {@link #TOO_LONG}
     */
    int write(SequenceStore store, byte[] packed, int at) {
        int afterLiterals =
                rawLiterals
                        ? LiteralsEncoder.writeRaw(store.literals, store.literalCount, packed, at)
                        : literals.write(store.literals, store.literalCount, packed, at);
        if (afterLiterals + 2 >= Pages.SIZE) {
            return TOO_LONG;
        }
        int end = writeSequences(store, packed, afterLiterals);
        return end < Pages.SIZE ? end : TOO_LONG;
    }

    /** Writes in place when the worst case fits, else beside and copies what fits. */
    private int writeSequences(SequenceStore store, byte[] packed, int at) {
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
