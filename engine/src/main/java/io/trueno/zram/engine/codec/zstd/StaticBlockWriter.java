package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;

/**
 * Writes what was found in a page as the content of a block (RFC 8878, 3.1.1.3) with static tables
 * alone: nothing is counted, compared or built. Not thread-safe; allocates nothing after
 * construction.
 */
final class StaticBlockWriter {
    /** Fewer literals than this are not worth coding. */
    private static final int MIN_CODED = 8;

    /** So many literals have room in {@code packed} if each takes the longest code. */
    private static final int MAX_IN_PLACE = 3072;

    private final StaticTables tables;
    private final byte[] spill =
            new byte[2 * Pages.SIZE + SequencesEncoder.maxBytes(SequenceStore.MAX_SEQUENCES)];
    private int chosen;

    StaticBlockWriter(StaticTables tables) {
        this.tables = tables;
    }

    /** Index of the set that the last block was written with. */
    int chosen() {
        return chosen;
    }

    /** As {@link BlockWriter#write}. */
    int write(SequenceStore store, byte[] packed, int at) {
        int choice = tables.choose(store.literals, store.literalCount);
        chosen = choice < 0 ? ~choice : choice;
        PreparedDictionary set = tables.set(chosen);
        int afterLiterals =
                choice < 0
                        ? LiteralsEncoder.writeRaw(store.literals, store.literalCount, packed, at)
                        : writeLiterals(store, set.literalCodes, packed, at);
        if (afterLiterals + 2 >= Pages.SIZE) {
            return BlockWriter.TOO_LONG;
        }
        boolean fits =
                afterLiterals + SequencesEncoder.maxBytes(store.sequenceCount) <= packed.length;
        byte[] out = fits ? packed : spill;
        int end =
                SequencesEncoder.writeRepeated(tables.sequences(chosen), store, out, afterLiterals);
        if (end >= Pages.SIZE) {
            return BlockWriter.TOO_LONG;
        }
        if (!fits) {
            System.arraycopy(spill, afterLiterals, packed, afterLiterals, end - afterLiterals);
        }
        return end;
    }

    private int writeLiterals(SequenceStore store, long[] codes, byte[] packed, int at) {
        int count = store.literalCount;
        if (count >= MIN_CODED) {
            byte[] out = count <= MAX_IN_PLACE ? packed : spill;
            int end =
                    LiteralsEncoder.writeTreeless(
                            store.literals, count, codes, BlockWriter.FAST_SINGLE_STREAM, out, at);
            if (end - at < count) {
                if (count > MAX_IN_PLACE) {
                    System.arraycopy(spill, at, packed, at, end - at);
                }
                return end;
            }
        }
        return LiteralsEncoder.writeRaw(store.literals, count, packed, at);
    }
}
