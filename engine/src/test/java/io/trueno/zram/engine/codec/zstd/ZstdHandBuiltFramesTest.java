package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Frames that no encoder writes for pages: rare modes, and one mistake each. */
class ZstdHandBuiltFramesTest {
    /** Symbol compression modes: all three tables RLE, or all three repeated. */
    private static final int ALL_RLE = 0b01010100, ALL_REPEAT = 0b11111100;

    private final ZstdPageDecoder decoder = new ZstdPageDecoder();
    private final DecodedPage page = new DecodedPage();

    @Test
    void rawAndRunBlocksAreConcatenated() {
        byte[] frame =
                FrameBuilder.frame()
                        .raw(false, new byte[] {1, 2, 3})
                        .rle(false, 9, 4000)
                        .raw(false, new byte[0])
                        .rle(true, 7, 93)
                        .toBytes();
        byte[] expected = new byte[Pages.SIZE];
        Arrays.fill(expected, 3, 4003, (byte) 9);
        Arrays.fill(expected, 4003, 4096, (byte) 7);
        expected[0] = 1;
        expected[1] = 2;
        expected[2] = 3;
        assertDecodes(frame, expected);
    }

    @Test
    void emptyLastBlockEndsTheFrame() {
        byte[] expected = new byte[Pages.SIZE];
        Arrays.fill(expected, (byte) 5);
        byte[] frame = FrameBuilder.frame().rle(false, 5, 4096).raw(true, new byte[0]).toBytes();
        assertDecodes(frame, expected);
    }

    @Test
    void oneSequenceOfRunTablesFillsAPage() {
        byte[] expected = new byte[Pages.SIZE];
        Arrays.fill(expected, (byte) 'x');
        byte[] frame = FrameBuilder.frame().compressed(true, fill('x', 4095)).toBytes();
        assertDecodes(frame, expected);
    }

    @Test
    void runTablesMayBeRepeatedInTheNextBlock() {
        FrameBuilder repeated =
                FrameBuilder.blocks()
                        .bytes(1 << 3, 'b', 1, ALL_REPEAT)
                        .bytes(new BackwardBitWriter().read(0, 2).read(2047 - 1027, 10).toBytes());
        FrameBuilder first =
                FrameBuilder.blocks()
                        .bytes(1 << 3, 'a', 1, ALL_RLE, 1, 2, 46)
                        .bytes(new BackwardBitWriter().read(0, 2).read(2047 - 1027, 10).toBytes());
        byte[] expected = new byte[Pages.SIZE];
        Arrays.fill(expected, 0, 2048, (byte) 'a');
        Arrays.fill(expected, 2048, 4096, (byte) 'b');
        assertDecodes(
                FrameBuilder.frame().compressed(false, first).compressed(true, repeated).toBytes(),
                expected);
    }

    @Test
    void everyShortOffsetRepeatsItsPattern() {
        for (int offset = 1; offset <= 40; offset++) {
            byte[] expected = new byte[Pages.SIZE];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = (byte) (i % offset + 1);
            }
            // Offset value = offset + 3; its code is the number's log2.
            int value = offset + 3;
            int code = 31 - Integer.numberOfLeadingZeros(value);
            int length = Pages.SIZE - offset;
            int literalCode = literalCode(offset);
            byte[] stream =
                    new BackwardBitWriter()
                            .read(value - (1 << code), code)
                            .read(length - 2051, 11)
                            .read(
                                    offset - ZstdFormat.LITERAL_LENGTH_BASE[literalCode],
                                    ZstdFormat.LITERAL_LENGTH_BITS[literalCode])
                            .toBytes();
            FrameBuilder block =
                    FrameBuilder.blocks()
                            .bytes(0b100 | offset << 4, offset >>> 4)
                            .bytes(Arrays.copyOf(expected, offset))
                            .bytes(1, ALL_RLE, literalCode, code, 47)
                            .bytes(stream);
            assertDecodes(FrameBuilder.frame().compressed(true, block).toBytes(), expected);
        }
    }

    private static int literalCode(int length) {
        int code = ZstdFormat.MAX_LITERAL_LENGTH_CODE;
        while (ZstdFormat.LITERAL_LENGTH_BASE[code] > length) {
            code--;
        }
        return code;
    }

    @Test
    void treelessLiteralsUseTheTreeOfTheBlockBefore() {
        byte[] expected = new byte[Pages.SIZE];
        for (int i = 0; i < 8; i++) {
            expected[i] = (byte) (0b10110100 >>> (7 - i) & 1);
            expected[8 + i] = (byte) (0b00111010 >>> (7 - i) & 1);
        }
        byte[] frame =
                FrameBuilder.frame()
                        .compressed(false, twoSymbolLiterals(true, 0b10110100))
                        .compressed(false, twoSymbolLiterals(false, 0b00111010))
                        .rle(true, 0, 4080)
                        .toBytes();
        assertDecodes(frame, expected);
    }

    @Test
    void treelessLiteralsAfterBlocksOfOtherKindsStillFindTheTree() {
        byte[] expected = new byte[Pages.SIZE];
        expected[0] = 1;
        Arrays.fill(expected, 8, 2008, (byte) 6);
        expected[2009] = 1;
        byte[] frame =
                FrameBuilder.frame()
                        .compressed(false, twoSymbolLiterals(true, 0b10000000))
                        .rle(false, 6, 1000)
                        .compressed(
                                false,
                                FrameBuilder.blocks().bytes(0b0101 | (1000 << 4 & 0xFF), 62, 6, 0))
                        .compressed(false, twoSymbolLiterals(false, 0b01000000))
                        .rle(true, 0, 2080)
                        .toBytes();
        assertDecodes(frame, expected);
    }

    @Test
    void blocksStandAloneWithoutAFrame() {
        byte[] expected = new byte[Pages.SIZE];
        expected[0] = 1;
        expected[9] = 1;
        byte[] blocks =
                FrameBuilder.blocks()
                        .compressed(false, twoSymbolLiterals(true, 0b10000000))
                        .compressed(false, twoSymbolLiterals(false, 0b01000000))
                        .rle(true, 0, 4080)
                        .toBytes();
        assertThat(page.decode(decoder::decodeBlocks, blocks)).isEqualTo(expected);
    }

    @Test
    void skippableFramesAreSkipped() {
        byte[] expected = new byte[Pages.SIZE];
        byte[] frame =
                FrameBuilder.blocks()
                        .bytes(0x5F, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9)
                        .bytes(0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0)
                        .bytes(FrameBuilder.frame().rle(true, 0, 4096).toBytes())
                        .toBytes();
        assertDecodes(frame, expected);
    }

    @Test
    void everyFormOfTheFrameHeaderIsRead() {
        byte[] block = FrameBuilder.blocks().rle(true, 3, 4096).toBytes();
        byte[] expected = new byte[Pages.SIZE];
        Arrays.fill(expected, (byte) 3);
        int[][] headers = {
            {0x00, 0x10}, // window descriptor, no size
            {0x10, 0x10}, // the unused bit is ignored
            {0x40, 0x10, 0x00, 0x0F}, // size in two bytes
            {0x80, 0x10, 0x00, 0x10, 0, 0},
            {0xC0, 0x10, 0x00, 0x10, 0, 0, 0, 0, 0, 0},
            {0xE0, 0x00, 0x10, 0, 0, 0, 0, 0, 0},
            {0xA0, 0x00, 0x10, 0, 0},
            {0x61, 0, 0x00, 0x0F}, // dictionary id 0 names none
            {0x62, 0, 0, 0x00, 0x0F},
            {0x63, 0, 0, 0, 0, 0x00, 0x0F},
        };
        for (int[] header : headers) {
            byte[] frame =
                    FrameBuilder.blocks()
                            .bytes(0x28, 0xB5, 0x2F, 0xFD)
                            .bytes(header)
                            .bytes(block)
                            .toBytes();
            assertDecodes(frame, expected);
        }
    }

    @Test
    void eachMistakeIsNamed() {
        byte[] block = FrameBuilder.blocks().rle(true, 3, 4096).toBytes();
        assertRejected("not a Zstandard frame", FrameBuilder.blocks().bytes(1, 2, 3, 4, 5));
        assertRejected("one page", header(0x60, 0x01, 0x0F).bytes(block));
        assertRejected("one page", header(0x20, 0xFF).bytes(block));
        assertRejected("one page", header(0xE0, 0, 16, 0, 0, 0, 0, 0, 0x80).bytes(block));
        assertRejected("reserved bit", header(0x68, 0x00, 0x0F).bytes(block));
        assertRejected("dictionary 200", header(0x61, 200, 0x00, 0x0F).bytes(block));
        assertRejected("block type", FrameBuilder.frame().blockHeader(true, 3, 0));
        assertRejected("block type or size", FrameBuilder.frame().rle(true, 3, 4097));
        assertRejected("shorter than a page", FrameBuilder.frame().rle(true, 3, 4095));
        assertRejected("bytes after", FrameBuilder.frame().rle(true, 3, 4096).bytes(0));
        assertRejected("truncated", FrameBuilder.frame().rle(false, 3, 4096));
        assertRejected(
                "checksum does not match", header(0x64, 0x00, 0x0F).bytes(block).bytes(1, 2, 3, 4));
        assertRejected("checksum is truncated", header(0x64, 0x00, 0x0F).bytes(block).bytes(1, 2));
        assertRejected(
                "no Huffman table",
                FrameBuilder.frame().compressed(true, twoSymbolLiterals(false, 0)));
        assertRejected(
                "no table to repeat",
                FrameBuilder.frame()
                        .compressed(true, FrameBuilder.blocks().bytes(0, 1, ALL_REPEAT, 1)));
        assertRejected(
                "modes",
                FrameBuilder.frame().compressed(true, FrameBuilder.blocks().bytes(0, 1, 1, 1)));
        assertRejected(
                "single sequence code",
                FrameBuilder.frame()
                        .compressed(true, FrameBuilder.blocks().bytes(0, 1, ALL_RLE, 36, 1, 1, 1)));
        assertRejected("outside the page", FrameBuilder.frame().compressed(true, fill('x', 4096)));
        assertRejected("outside the page", FrameBuilder.frame().compressed(true, withOffset(2)));
        assertRejected(
                "do not end", FrameBuilder.frame().compressed(true, fill('x', 4095).bytes(1)));
        assertRejected("end mark", FrameBuilder.frame().compressed(true, fill('x', 4095).bytes(0)));
    }

    /** A literal and a match that repeats it {@code length} times. */
    private static FrameBuilder fill(int value, int length) {
        return FrameBuilder.blocks()
                .bytes(1 << 3, value, 1, ALL_RLE, 1, 2, 47)
                .bytes(new BackwardBitWriter().read(0, 2).read(length - 2051, 11).toBytes());
    }

    /** A literal and a match of all the rest, {@code offset} bytes back; 1 to 4. */
    private static FrameBuilder withOffset(int offset) {
        return FrameBuilder.blocks()
                .bytes(1 << 3, 'x', 1, ALL_RLE, 1, 2, 47)
                .bytes(new BackwardBitWriter().read(offset - 1, 2).read(2044, 11).toBytes());
    }

    /** Eight literals, each 0 or 1 by a code of one bit, and no sequences. */
    private static FrameBuilder twoSymbolLiterals(boolean tree, int literals) {
        byte[] stream = new BackwardBitWriter().read(literals, 8).toBytes();
        int type = tree ? ZstdFormat.LITERALS_COMPRESSED : ZstdFormat.LITERALS_TREELESS;
        int size = stream.length + (tree ? 2 : 0);
        int header = type | 8 << 4 | size << 14;
        FrameBuilder block = FrameBuilder.blocks().bytes(header, header >>> 8, header >>> 16);
        // One weight as a nibble: symbol 0 has weight 1, which leaves weight 1 to symbol 1.
        return (tree ? block.bytes(128, 0x10) : block).bytes(stream).bytes(0);
    }

    private static FrameBuilder header(int... header) {
        return FrameBuilder.blocks().bytes(0x28, 0xB5, 0x2F, 0xFD).bytes(header);
    }

    private void assertDecodes(byte[] frame, byte[] expected) {
        assertThat(page.decode(decoder::decodeFrame, frame)).isEqualTo(expected);
        try (ZstdDecompressCtx reference = new ZstdDecompressCtx()) {
            assertThat(reference.decompress(frame, Pages.SIZE)).isEqualTo(expected);
        }
    }

    private void assertRejected(String reason, FrameBuilder frame) {
        assertThatExceptionOfType(CorruptPageException.class)
                .isThrownBy(() -> page.decode(decoder::decodeFrame, frame.toBytes()))
                .withMessageContaining(reason);
    }
}
