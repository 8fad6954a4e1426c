package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.kernel.ZstdSequenceExecutor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The native block that a decoder works in: one base address, everything at a fixed distance from
 * it. The loops of this package reach it through {@code RawMemory}, whose accesses are not checked.
 *
 * <p>Why: with an array for each thing, every access is a comparison with that array's length, and
 * bases and lengths of seven arrays do not fit into the registers; in arrays the same loops took
 * 1.4 times as long (engine/README.md, "Zstandard decoding").
 *
 * <p>Why it is safe: tables are read at indices that are masked or that only this package's
 * builders wrote; the bit streams' cursors, and the lengths and offsets of sequences, are checked
 * before they become addresses; copies overshoot by less than the slack of their place. Each loop
 * says where.
 *
 * <p>The block lives as long as this object, which users keep reachable over a whole decode.
 */
final class DecoderMemory {
    /** Bytes that loads may touch before the packed bytes. */
    static final int MARGIN = 64;

    /** Bytes that copies and loads may touch behind the packed bytes, the literals and the page. */
    static final int SLACK = ZstdSequenceExecutor.SLACK;

    /** The packed bytes. */
    static final int PACKED = MARGIN;

    /** The literals of a block, when they are not among the packed bytes. */
    static final int LITERALS = PACKED + Pages.SIZE + SLACK;

    /** Of four literal streams, the cursor and the number of the next literal, 8 bytes each. */
    static final int STREAMS = LITERALS + Pages.SIZE + SLACK;

    /** The sequences of a block. */
    static final int SEQUENCES = STREAMS + 4 * 2 * Long.BYTES;

    /** The decoding tables of sequences, 8 bytes for each cell. */
    static final int SEQUENCE_CELLS = SEQUENCES + ZstdSequenceExecutor.SEQUENCES_BYTES;

    /** The decoding table of Huffman weights, 8 bytes for each cell. */
    static final int WEIGHT_CELLS = SEQUENCE_CELLS + SequenceDecodingTable.ALL_CELLS * Long.BYTES;

    /** Huffman tables, 2 bytes for each cell: the frame's own, and that of the dictionary. */
    static final int OWN_HUFFMAN = WEIGHT_CELLS + (Long.BYTES << ZstdFormat.MAX_HUFFMAN_WEIGHT_LOG);

    static final int TRAINED_HUFFMAN = OWN_HUFFMAN + HuffmanDecodingTable.BYTES;

    /** What matches reach back into: dictionary content, then the page. */
    static final int OUT = TRAINED_HUFFMAN + HuffmanDecodingTable.BYTES;

    private final MemorySegment block;

    /**
     * @param contentBytes of the dictionary that lies before the page
     */
    DecoderMemory(int contentBytes) {
        block = Arena.ofAuto().allocate(OUT + contentBytes + (long) Pages.SIZE + SLACK, 64);
    }

    /** The whole block, for accesses that are checked. */
    MemorySegment block() {
        return block;
    }

    /** Address of the block. */
    long base() {
        return block.address();
    }
}
