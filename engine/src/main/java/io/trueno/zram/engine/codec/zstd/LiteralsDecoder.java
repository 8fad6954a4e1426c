package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a block's literals section (RFC 8878, 3.1.1.3.1). Keeps the Huffman table from block to
 * block. After {@link #decode}, the literals lie in the decoder's memory from {@link #from} to
 * {@link #to}; that may be among the packed bytes. One thread at a time.
 */
final class LiteralsDecoder {
    private final DecoderMemory memory;
    private final HuffmanWeightsReader tree;
    private final HuffmanDecodingTable own;
    private final @Nullable HuffmanDecodingTable trained;
    private final HuffmanLiteralsDecoder streams;
    private @Nullable HuffmanDecodingTable current;
    private int from;
    private int to;

    LiteralsDecoder(DecoderMemory memory, @Nullable ZstdDictionary dictionary) {
        this.memory = memory;
        this.tree = new HuffmanWeightsReader(memory);
        this.own = new HuffmanDecodingTable(memory, DecoderMemory.OWN_HUFFMAN);
        this.streams = new HuffmanLiteralsDecoder(memory);
        if (dictionary == null) {
            this.trained = null;
        } else {
            this.trained = new HuffmanDecodingTable(memory, DecoderMemory.TRAINED_HUFFMAN);
            this.trained.build(dictionary.huffmanWeights());
        }
    }

    /** Forgets the last frame: treeless literals use the dictionary's table, or none. */
    void startFrame() {
        current = trained;
    }

    /** Where in the decoder's memory the literals start. */
    int from() {
        return from;
    }

    /** Where in the decoder's memory the literals end; slack follows. */
    int to() {
        return to;
    }

    /**
     * Decodes one literals section.
     *
     * @param in the packed bytes, which lie in the decoder's memory too; holds the section at
     *     {@code at}, with slack after {@code limit}
     * @param most greatest number of literals that fit into the page
     * @return index of the first byte after the section
     * @throws CorruptPageException if the section is not valid or holds more than {@code most}
     */
    int decode(byte[] in, int at, int limit, int most) {
        if (at >= limit) {
            throw new CorruptPageException(at, "literals section is missing");
        }
        int header = LittleEndian.getInt(in, at);
        int type = header & 3;
        return type == ZstdFormat.LITERALS_RAW || type == ZstdFormat.LITERALS_RLE
                ? decodePlain(in, at, limit, most, header)
                : decodeHuffman(in, at, limit, most, type);
    }

    private int decodePlain(byte[] in, int at, int limit, int most, int header) {
        int headerBytes;
        int count;
        switch (header >>> 2 & 3) {
            case 1 -> {
                headerBytes = 2;
                count = header >>> 4 & 0xFFF;
            }
            case 3 -> {
                headerBytes = 3;
                count = header >>> 4 & 0xFFFFF;
            }
            default -> {
                headerBytes = 1;
                count = header >>> 3 & 0x1F;
            }
        }
        boolean raw = (header & 3) == ZstdFormat.LITERALS_RAW;
        int start = at + headerBytes;
        int end = start + (raw ? count : 1);
        checkSize(at, count, most, end, limit);
        if (raw) {
            from = DecoderMemory.PACKED + start;
        } else {
            from = DecoderMemory.LITERALS;
            memory.block().asSlice(from, count).fill(in[start]);
        }
        to = from + count;
        return end;
    }

    private int decodeHuffman(byte[] in, int at, int limit, int most, int type) {
        long header = LittleEndian.getLong(in, at);
        int format = (int) (header >>> 2) & 3;
        int headerBytes = format < 2 ? 3 : format + 2;
        int sizeBits = format < 2 ? 10 : format * 4 + 6;
        int mask = (1 << sizeBits) - 1;
        int count = (int) (header >>> 4) & mask;
        int start = at + headerBytes;
        int end = start + ((int) (header >>> (4 + sizeBits)) & mask);
        checkSize(at, count, most, end, limit);
        if (type == ZstdFormat.LITERALS_COMPRESSED) {
            start = tree.read(in, start, end);
            own.build(tree);
            current = own;
        }
        HuffmanDecodingTable table = current;
        if (table == null) {
            throw new CorruptPageException(at, "no Huffman table to repeat");
        }
        if (format == 0) {
            streams.decodeOne(table, in, start, end, count);
        } else {
            streams.decodeFour(table, in, start, end, count);
        }
        from = DecoderMemory.LITERALS;
        to = from + count;
        return end;
    }

    private static void checkSize(int at, int count, int most, int end, int limit) {
        if (count > most) {
            throw new CorruptPageException(at, "more literals than a page has bytes");
        }
        if (end > limit) {
            throw new CorruptPageException(limit, "literals section is truncated");
        }
    }
}
