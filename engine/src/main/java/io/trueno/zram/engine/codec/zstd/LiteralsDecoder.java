package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a block's literals section (RFC 8878, 3.1.1.3.1). Keeps the Huffman table from block to
 * block. After {@link #decode}, the literals lie in {@link #bytes} from {@link #from} to {@link
 * #to}; that may be in the input itself. One thread at a time.
 */
final class LiteralsDecoder {
    /** Bytes that a Huffman stream must have before it. */
    private static final int MARGIN = 8;

    private final HuffmanWeightsReader tree = new HuffmanWeightsReader();
    private final HuffmanDecodingTable own = new HuffmanDecodingTable();
    private final @Nullable HuffmanDecodingTable trained;
    private final byte[] decoded = new byte[Pages.SIZE + SequencesDecoder.LITERALS_SLACK];
    private final byte[] moved = new byte[MARGIN + (1 << 10)];
    private @Nullable HuffmanDecodingTable current;
    private byte[] bytes = decoded;
    private int from;
    private int to;

    LiteralsDecoder(@Nullable ZstdDictionary dictionary) {
        this.trained =
                dictionary == null ? null : HuffmanDecodingTable.of(dictionary.huffmanWeights());
    }

    /** Forgets the last frame: treeless literals use the dictionary's table, or none. */
    void startFrame() {
        current = trained;
    }

    /** The array that holds the literals, with {@link SequencesDecoder#LITERALS_SLACK} behind. */
    byte[] bytes() {
        return bytes;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /**
     * Decodes one literals section.
     *
     * @param in holds the section at {@code at}, with slack after {@code limit}
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
            bytes = in;
            from = start;
        } else {
            Arrays.fill(decoded, 0, count, in[start]);
            bytes = decoded;
            from = 0;
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
        if (format != 0) {
            HuffmanLiteralsDecoder.decodeFour(table, in, start, end, decoded, count);
        } else if (start < MARGIN) {
            // Only without a frame header, and then at most 1023 bytes.
            System.arraycopy(in, start, moved, MARGIN, end - start);
            HuffmanLiteralsDecoder.decodeOne(
                    table, moved, MARGIN, MARGIN + end - start, decoded, count);
        } else {
            HuffmanLiteralsDecoder.decodeOne(table, in, start, end, decoded, count);
        }
        bytes = decoded;
        from = 0;
        to = count;
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
