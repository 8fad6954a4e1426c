package io.trueno.zram.engine.codec.zstd;

/**
 * Numbers of the Zstandard format that encoder and decoder share. Source: RFC 8878, by section. The
 * arrays are never written after class initialisation.
 */
final class ZstdFormat {
    /** First four bytes of a frame, read little-endian (3.1.1). */
    static final int FRAME_MAGIC = 0xFD2FB528;

    /** First four bytes of a dictionary, read little-endian (5). */
    static final int DICTIONARY_MAGIC = 0xEC30A437;

    /** Bytes of a block header: last flag, two bits of type, 21 bits of size (3.1.1.2). */
    static final int BLOCK_HEADER_BYTES = 3;

    /** Block types (3.1.1.2.2). */
    static final int BLOCK_RAW = 0, BLOCK_RLE = 1, BLOCK_COMPRESSED = 2, BLOCK_RESERVED = 3;

    /** Types of a literals section (3.1.1.3.1.1). */
    static final int LITERALS_RAW = 0,
            LITERALS_RLE = 1,
            LITERALS_COMPRESSED = 2,
            LITERALS_TREELESS = 3;

    /** How a sequence code's table is given (3.1.1.3.2.1). */
    static final int MODE_PREDEFINED = 0, MODE_RLE = 1, MODE_FSE = 2, MODE_REPEAT = 3;

    /** Largest code of each kind (3.1.1.3.2.1.1; offsets: what libzstd accepts). */
    static final int MAX_LITERAL_LENGTH_CODE = 35, MAX_MATCH_LENGTH_CODE = 52, MAX_OFFSET_CODE = 31;

    /** Largest accuracy logs of sequence tables (3.1.1.3.2.1), and the smallest of any (4.1.1). */
    static final int MAX_LITERAL_LENGTH_LOG = 9,
            MAX_MATCH_LENGTH_LOG = 9,
            MAX_OFFSET_LOG = 8,
            MIN_FSE_LOG = 5;

    /** Longest Huffman code in bits, and largest accuracy log of compressed weights (4.2.1). */
    static final int MAX_HUFFMAN_BITS = 11, MAX_HUFFMAN_WEIGHT_LOG = 6;

    /** Shortest match of the format. */
    static final int MIN_MATCH = 3;

    /** Value that each literal length code starts from (3.1.1.3.2.1.1). */
    static final int[] LITERAL_LENGTH_BASE = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48,
        64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536
    };

    /** Extra bits after each literal length code. */
    static final byte[] LITERAL_LENGTH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10,
        11, 12, 13, 14, 15, 16
    };

    /** Value that each match length code starts from (3.1.1.3.2.1.1). */
    static final int[] MATCH_LENGTH_BASE = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
        28, 29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027,
        2051, 4099, 8195, 16387, 32771, 65539
    };

    /** Extra bits after each match length code. */
    static final byte[] MATCH_LENGTH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    };

    /** Accuracy logs of the default distributions (3.1.1.3.2.2). */
    static final int DEFAULT_LITERAL_LENGTH_LOG = 6,
            DEFAULT_MATCH_LENGTH_LOG = 6,
            DEFAULT_OFFSET_LOG = 5;

    /** Default distribution of literal length codes; -1 means "less than one" (3.1.1.3.2.2.1). */
    static final short[] DEFAULT_LITERAL_LENGTHS = {
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1,
        1, -1, -1, -1, -1
    };

    /** Default distribution of match length codes (3.1.1.3.2.2.2). */
    static final short[] DEFAULT_MATCH_LENGTHS = {
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
    };

    /** Default distribution of offset codes (3.1.1.3.2.2.3). */
    static final short[] DEFAULT_OFFSETS = {
        1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
    };

    private ZstdFormat() {}

    /** Reads a block header of {@link #BLOCK_HEADER_BYTES} (3.1.1.2). */
    static int blockHeader(byte[] in, int at) {
        return (in[at] & 0xFF) | ((in[at + 1] & 0xFF) << 8) | ((in[at + 2] & 0xFF) << 16);
    }

    /** Writes a block header of {@link #BLOCK_HEADER_BYTES} (3.1.1.2). */
    static void putBlockHeader(byte[] out, int at, boolean last, int type, int size) {
        int header = (last ? 1 : 0) | (type << 1) | (size << 3);
        out[at] = (byte) header;
        out[at + 1] = (byte) (header >>> 8);
        out[at + 2] = (byte) (header >>> 16);
    }
}
