package io.trueno.zram.engine.codec.zstd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * A Zstandard dictionary (RFC 8878, 5) taken apart: what encoder and decoder prepare their tables
 * from. Immutable; the accessors of this package hand out its own arrays, which nobody may write.
 *
 * <pre>
 * 4 bytes  magic
 * 4 bytes  id
 *          Huffman tree of literals
 *          distributions of offset, match length and literal length codes
 * 12 bytes repeat offsets
 * rest     content: what a page's matches may reach back into
 * </pre>
 */
public final class ZstdDictionary {
    /** Greatest length of the content in bytes; what {@link #parse} accepts. */
    public static final int MAX_CONTENT_BYTES = 1 << 18;

    private static final int HEADER_BYTES = 8;
    private static final int REPEAT_OFFSETS = 3;

    private final int id;
    private final byte[] huffmanWeights;
    private final FseDescription offsets;
    private final FseDescription matchLengths;
    private final FseDescription literalLengths;
    private final int[] repeatOffsets;
    private final byte[] content;

    private ZstdDictionary(
            int id,
            byte[] huffmanWeights,
            FseDescription offsets,
            FseDescription matchLengths,
            FseDescription literalLengths,
            int[] repeatOffsets,
            byte[] content) {
        this.id = id;
        this.huffmanWeights = huffmanWeights;
        this.offsets = offsets;
        this.matchLengths = matchLengths;
        this.literalLengths = literalLengths;
        this.repeatOffsets = repeatOffsets;
        this.content = content;
    }

    /**
     * Takes a dictionary apart.
     *
     * @param dictionary the whole dictionary, as {@code zstd --train} writes it; not kept
     * @throws CorruptPageException if it is not a dictionary of this format, or its content is
     *     longer than {@link #MAX_CONTENT_BYTES}
     */
    public static ZstdDictionary parse(byte[] dictionary) {
        int limit = dictionary.length;
        if (limit < HEADER_BYTES
                || LittleEndian.getInt(dictionary, 0) != ZstdFormat.DICTIONARY_MAGIC) {
            throw new CorruptPageException(0, "not a Zstandard dictionary");
        }
        byte[] in = Arrays.copyOf(dictionary, limit + FseCountsReader.SLACK);
        DecoderMemory memory = new DecoderMemory(0);
        HuffmanWeightsReader tree = new HuffmanWeightsReader(memory);
        FseCountsReader counts = new FseCountsReader();
        int at = readTree(memory, tree, in, limit);
        at = counts.read(in, at, limit, ZstdFormat.MAX_OFFSET_CODE, ZstdFormat.MAX_OFFSET_LOG);
        FseDescription offsets = counts.description();
        at =
                counts.read(
                        in,
                        at,
                        limit,
                        ZstdFormat.MAX_MATCH_LENGTH_CODE,
                        ZstdFormat.MAX_MATCH_LENGTH_LOG);
        FseDescription matchLengths = counts.description();
        at =
                counts.read(
                        in,
                        at,
                        limit,
                        ZstdFormat.MAX_LITERAL_LENGTH_CODE,
                        ZstdFormat.MAX_LITERAL_LENGTH_LOG);
        FseDescription literalLengths = counts.description();
        int contentFrom = at + REPEAT_OFFSETS * Integer.BYTES;
        int contentBytes = limit - contentFrom;
        if (contentBytes < 0 || contentBytes > MAX_CONTENT_BYTES) {
            throw new CorruptPageException(
                    at, "dictionary content of unsupported length, bytes=" + contentBytes);
        }
        int[] repeatOffsets = new int[REPEAT_OFFSETS];
        for (int i = 0; i < REPEAT_OFFSETS; i++) {
            int offset = LittleEndian.getInt(in, at + i * Integer.BYTES);
            if (offset <= 0 || offset > contentBytes) {
                throw new CorruptPageException(
                        at + i * Integer.BYTES, "repeat offset out of range");
            }
            repeatOffsets[i] = offset;
        }
        return new ZstdDictionary(
                LittleEndian.getInt(in, Integer.BYTES),
                Arrays.copyOf(tree.weights(), tree.symbols()),
                offsets,
                matchLengths,
                literalLengths,
                repeatOffsets,
                Arrays.copyOfRange(in, contentFrom, limit));
    }

    /** The tree's bits are read natively; no description of a tree is longer than a page. */
    private static int readTree(
            DecoderMemory memory, HuffmanWeightsReader tree, byte[] in, int limit) {
        int length = Math.min(limit, Pages.SIZE);
        MemorySegment.copy(in, 0, memory.block(), JAVA_BYTE, DecoderMemory.PACKED, length);
        try {
            return tree.read(in, HEADER_BYTES, limit);
        } catch (IndexOutOfBoundsException e) {
            throw new CorruptPageException(HEADER_BYTES, "Huffman tree is truncated");
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** The number by which frames name this dictionary, unsigned. */
    public int id() {
        return id;
    }

    /** Length of {@link #content} in bytes. */
    public int contentBytes() {
        return content.length;
    }

    /** Weight of each literal that occurs, by value, the last one included. */
    byte[] huffmanWeights() {
        return huffmanWeights;
    }

    FseDescription offsets() {
        return offsets;
    }

    FseDescription matchLengths() {
        return matchLengths;
    }

    FseDescription literalLengths() {
        return literalLengths;
    }

    /** The three repeat offsets that frames start with, newest first. */
    int[] repeatOffsets() {
        return repeatOffsets;
    }

    byte[] content() {
        return content;
    }
}
