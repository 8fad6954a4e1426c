package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compresses single pages into Zstandard (RFC 8878): the search in a {@link MatchFinder}, then the
 * literals, then the sequences. An instance serves one thread at a time and allocates nothing after
 * construction. The result depends on the page, the level and the dictionary alone.
 */
public final class ZstdPageEncoder {
    /** The level of the optimal parser, for recompression: about forty times as slow as 1. */
    public static final int DENSE_LEVEL = 19;

    /** Of the set of static tables by its index, or one. */
    private final byte[][] frameHeaders;

    private final boolean isStatic;
    private final @Nullable QuickBlockEncoder quick;
    private final @Nullable DenseBlockEncoder dense;

    /** The dictionary's content and the page, for the dense encoder. */
    private final byte[] window;

    /**
     * An encoder without a dictionary.
     *
     * @param level -1, 1, 3 or {@link #DENSE_LEVEL}
     * @param backend of the search
     * @throws IllegalArgumentException if the level is another
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public ZstdPageEncoder(int level, SimdBackend backend) {
        this(level, null, backend);
    }

    /**
     * An encoder with a dictionary, which frames name by its id and decoders need.
     *
     * @param level -1, 1, 3 or {@link #DENSE_LEVEL}; with a dictionary, the first three differ in
     *     literals only
     * @param dictionary may be shared with other encoders
     * @param backend of the search
     * @throws IllegalArgumentException if the level is another
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public ZstdPageEncoder(
            int level, @Nullable PreparedDictionary dictionary, SimdBackend backend) {
        frameHeaders = new byte[][] {frameHeader(dictionary == null ? 0 : dictionary.id)};
        isStatic = false;
        if (level == DENSE_LEVEL) {
            quick = null;
            window = new byte[MatchWindow.BYTES];
            if (dictionary != null) {
                byte[] content = dictionary.content;
                System.arraycopy(content, 0, window, dictionary.contentStart(), content.length);
            }
            dense = new DenseBlockEncoder(MatchWindow.PAGE, 1, dictionary);
        } else {
            quick = new QuickBlockEncoder(level, dictionary, backend);
            window = new byte[0];
            dense = null;
        }
    }

    /**
     * An encoder with static tables, one set of which frames name as their dictionary.
     *
     * @param tables may be shared with other encoders
     * @param backend of the search
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public ZstdPageEncoder(StaticTables tables, SimdBackend backend) {
        frameHeaders = new byte[tables.count()][];
        for (int i = 0; i < frameHeaders.length; i++) {
            frameHeaders[i] = frameHeader(tables.set(i).id);
        }
        isStatic = true;
        quick = new QuickBlockEncoder(tables, backend);
        window = new byte[0];
        dense = null;
    }

    /** Magic number, descriptor, dictionary id if any, and content size (RFC 8878, 3.1.1.1). */
    private static byte[] frameHeader(int dictionaryId) {
        boolean isShort = dictionaryId >>> Short.SIZE == 0;
        int idFlag = dictionaryId == 0 ? 0 : isShort ? 2 : 3;
        int singleSegment = 1 << 5;
        int twoByteContentSize = 1 << 6;
        ByteBuffer header = ByteBuffer.allocate(11).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(ZstdFormat.FRAME_MAGIC);
        header.put((byte) (twoByteContentSize | singleSegment | idFlag));
        if (dictionaryId != 0) {
            if (isShort) {
                header.putShort((short) dictionaryId);
            } else {
                header.putInt(dictionaryId);
            }
        }
        // Two bytes of content size count from 256.
        header.putShort((short) (Pages.SIZE - 256));
        return Arrays.copyOf(header.array(), header.position());
    }

    /**
     * Compresses one page into a standard frame of one segment and one block.
     *
     * @return bytes written to {@code packed} from index 0, or {@link PageCodec#INCOMPRESSIBLE}
     */
    public int encodeFrame(MemorySegment page, long pageOffset, byte[] packed) {
        Objects.checkFromIndexSize(0, PageCodec.PACKED_CAPACITY, packed.length);
        int at = frameHeaders[0].length;
        int end = encodeBlock(page, pageOffset, packed, at);
        System.arraycopy(frameHeaders[set()], 0, packed, 0, at);
        return end;
    }

    /**
     * Compresses one page into the blocks of a frame, without the frame's header, for a store that
     * knows the page's size and dictionary. With static tables the last byte of the block's header
     * is the number of the set.
     *
     * @return bytes written to {@code packed} from index 0, or {@link PageCodec#INCOMPRESSIBLE}
     */
    public int encodeBlocks(MemorySegment page, long pageOffset, byte[] packed) {
        Objects.checkFromIndexSize(0, PageCodec.PACKED_CAPACITY, packed.length);
        int end = encodeBlock(page, pageOffset, packed, 0);
        if (isStatic) {
            packed[ZstdFormat.BLOCK_HEADER_BYTES - 1] = (byte) (set() + 1);
        }
        return end;
    }

    /** Index of the set of static tables that the last page needs; 0 without such. */
    private int set() {
        return quick == null ? 0 : quick.chosen();
    }

    private int encodeBlock(MemorySegment page, long pageOffset, byte[] packed, int at) {
        int start = at + ZstdFormat.BLOCK_HEADER_BYTES;
        int end =
                quick != null
                        ? quick.encode(page, pageOffset, packed, start)
                        : encodeDense(page, pageOffset, packed, start);
        if (end < 0 || end >= Pages.SIZE) {
            return PageCodec.INCOMPRESSIBLE;
        }
        ZstdFormat.putBlockHeader(packed, at, true, ZstdFormat.BLOCK_COMPRESSED, end - start);
        return end;
    }

    private int encodeDense(MemorySegment page, long pageOffset, byte[] packed, int at) {
        MemorySegment.copy(
                page, ValueLayout.JAVA_BYTE, pageOffset, window, MatchWindow.PAGE, Pages.SIZE);
        DenseBlockEncoder dense = Objects.requireNonNull(this.dense);
        dense.startFrame();
        return dense.encode(window, MatchWindow.PAGE, packed, at);
    }

    /** What the last page was made of; valid until the next. */
    SequenceStore lastSequences() {
        return quick != null ? quick.store() : Objects.requireNonNull(dense).store();
    }
}
