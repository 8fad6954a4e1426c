package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import java.util.Arrays;

/**
 * What literals, lengths and offsets cost in {@link BitCost} units, for {@link DenseParser}: codes
 * and extra bits. Not thread-safe.
 */
final class DensePrices {
    /** By byte. */
    final int[] literals = new int[256];

    /** By number of literals before a match, up to one more than a page has. */
    final int[] literalLengths = new int[Pages.SIZE + 2];

    /** By match length. */
    final int[] matchLengths = new int[Pages.SIZE + 2];

    /** By offset code. */
    final int[] offsets = new int[FseEncodingTable.MAX_SYMBOLS];

    private final int[] codes = new int[FseEncodingTable.MAX_SYMBOLS];

    /** Sets prices to what three tables make of them. */
    void set(SequenceTable literalLengths, SequenceTable matchLengths, SequenceTable offsets) {
        literalLengths.price(codes);
        spread(ZstdFormat.LITERAL_LENGTH_BASE, ZstdFormat.LITERAL_LENGTH_BITS, this.literalLengths);
        matchLengths.price(codes);
        spread(ZstdFormat.MATCH_LENGTH_BASE, ZstdFormat.MATCH_LENGTH_BITS, this.matchLengths);
        offsets.price(codes);
        for (int code = 0; code <= ZstdFormat.MAX_OFFSET_CODE; code++) {
            this.offsets[code] = codes[code] + code * BitCost.ONE;
        }
    }

    private void spread(int[] bases, byte[] extraBits, int[] prices) {
        for (int code = 0; bases[code] < prices.length; code++) {
            int end = Math.min(bases[code + 1], prices.length);
            int price = codes[code] + extraBits[code] * BitCost.ONE;
            Arrays.fill(prices, bases[code], end, price);
        }
    }
}
