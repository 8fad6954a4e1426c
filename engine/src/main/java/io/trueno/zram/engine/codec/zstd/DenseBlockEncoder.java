package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import org.jspecify.annotations.Nullable;

/**
 * Encodes pages as blocks of a frame as short as it can: searches once, then parses by the prices
 * of the tables that the parse before would be encoded with. A frame's pages are encoded in order,
 * and may refer to those before, to their tables and to their repeat offsets. Not thread-safe;
 * allocates nothing after construction.
 */
final class DenseBlockEncoder {
    /** Answer of {@link #encode}: the page would not shrink, and is not part of what goes on. */
    static final int TOO_LONG = -1;

    /** Literals that go in one stream: all that the format allows, since it is shorter. */
    private static final int SINGLE_STREAM = 1023;

    /** How closely the first parse, which finds out about prices, looks. */
    private static final int COARSE_LONG_MATCH = 16;

    private static final int COARSE_RESUME = 4;

    private static final int[] FIRST_REPEAT_OFFSETS = {1, 4, 8};

    private final int start;
    private final int lowest;
    private final int[] firstRepeats;
    private final int[] repeats = new int[FIRST_REPEAT_OFFSETS.length];
    private final int[] nextRepeats = new int[FIRST_REPEAT_OFFSETS.length];
    private final DenseMatchFinder matches;
    private final DensePrices prices = new DensePrices();
    private final DenseParser parser = new DenseParser();
    private final SequenceStore store = new SequenceStore();
    private final LiteralsEncoder literals;
    private final SequencesEncoder sequences;
    private final byte[] block =
            new byte[2 * Pages.SIZE + SequencesEncoder.maxBytes(SequenceStore.MAX_SEQUENCES)];

    /**
     * @param start where frames start in the window, the dictionary's content right before it
     * @param maxPages most pages of a frame
     */
    DenseBlockEncoder(int start, int maxPages, @Nullable PreparedDictionary dictionary) {
        this.start = start;
        if (dictionary == null) {
            lowest = start;
            firstRepeats = FIRST_REPEAT_OFFSETS;
            matches = new DenseMatchFinder(maxPages, null);
            literals = new LiteralsEncoder(SINGLE_STREAM, null);
        } else {
            lowest = start - dictionary.content.length;
            firstRepeats = dictionary.repeatOffsets;
            matches = new DenseMatchFinder(maxPages, dictionary.dense());
            literals = new LiteralsEncoder(SINGLE_STREAM, dictionary.literalCodes);
        }
        sequences = SequencesEncoder.dense(dictionary);
    }

    /** What the last page was made of; valid until the next. */
    SequenceStore store() {
        return store;
    }

    /** Begins a frame. */
    void startFrame() {
        matches.startFrame();
        literals.startFrame();
        sequences.startFrame();
        System.arraycopy(firstRepeats, 0, repeats, 0, repeats.length);
    }

    /**
     * Writes the content of the block (RFC 8878, 3.1.1.3) of the frame's next page.
     *
     * @param from where the page is in the window; 32 bytes that can be read follow it
     * @return the position after the last byte, or {@link #TOO_LONG}
     */
    int encode(byte[] window, int from, byte[] packed, int at) {
        matches.find(window, start, from);
        literals.priceAtFirst(prices.literals);
        sequences.priceAtFirst(prices);
        parser.setLongMatch(COARSE_LONG_MATCH, COARSE_RESUME);
        parse(window, from);
        literals.price(store.literals, store.literalCount, block, prices.literals);
        sequences.price(store, prices, block);
        parser.setLongMatch(DenseMatchFinder.LONG_MATCH, DenseMatchFinder.RESUME);
        parse(window, from);
        int end = literals.writeShortest(store.literals, store.literalCount, block, 0);
        end = sequences.write(store, block, end);
        if (end >= Pages.SIZE || end > packed.length - at) {
            return TOO_LONG;
        }
        literals.endBlock();
        sequences.endBlock(store);
        System.arraycopy(nextRepeats, 0, repeats, 0, repeats.length);
        System.arraycopy(block, 0, packed, at, end);
        return at + end;
    }

    private void parse(byte[] window, int from) {
        System.arraycopy(repeats, 0, nextRepeats, 0, repeats.length);
        parser.parse(window, lowest, from, nextRepeats, matches, prices, store);
        store.gatherLiterals(window, from);
    }
}
