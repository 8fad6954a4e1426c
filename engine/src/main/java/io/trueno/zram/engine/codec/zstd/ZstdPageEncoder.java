package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.Pages;
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
    /** More literals than this decode faster in four streams, which take some ten bytes more. */
    private static final int FAST_SINGLE_STREAM = 255;

    /** What a single stream can hold at most. */
    private static final int DENSE_SINGLE_STREAM = 1023;

    private final byte[] frameHeader;
    private final byte[] window = new byte[MatchWindow.BYTES];
    private final MatchFinder finder;
    private final SequenceStore store = new SequenceStore();
    private final LiteralsEncoder literals;
    private final SequencesEncoder sequences;
    private final byte[] spill =
            new byte[2 * Pages.SIZE + SequencesEncoder.maxBytes(SequenceStore.MAX_SEQUENCES)];

    /**
     * An encoder without a dictionary.
     *
     * @param level -1, 1 or 3
     * @throws IllegalArgumentException if the level is another
     */
    public ZstdPageEncoder(int level) {
        this(level, null);
    }

    /**
     * An encoder with a dictionary, which frames name by its id and decoders need.
     *
     * @param level -1, 1 or 3; with a dictionary it decides about literals only
     * @param dictionary may be shared with other encoders
     * @throws IllegalArgumentException if the level is another
     */
    public ZstdPageEncoder(int level, @Nullable PreparedDictionary dictionary) {
        if (level != -1 && level != 1 && level != 3) {
            throw new IllegalArgumentException("zstd levels here are -1, 1 and 3: level=" + level);
        }
        if (dictionary != null) {
            byte[] content = dictionary.content;
            System.arraycopy(content, 0, window, dictionary.contentStart(), content.length);
        }
        frameHeader = frameHeader(dictionary == null ? 0 : dictionary.id);
        finder = finder(level, dictionary);
        literals =
                new LiteralsEncoder(
                        level == 3 ? DENSE_SINGLE_STREAM : FAST_SINGLE_STREAM,
                        dictionary == null ? null : dictionary.literalCodes);
        sequences = new SequencesEncoder(dictionary);
    }

    private static MatchFinder finder(int level, @Nullable PreparedDictionary dictionary) {
        if (dictionary != null) {
            return new MatchFinderFast(dictionary, 8);
        }
        return switch (level) {
            case 3 -> new MatchFinderDouble();
            case 1 -> new MatchFinderFast(8);
            default -> new MatchFinderFast(5);
        };
    }

    /** Magic number, descriptor, dictionary id if any, and content size (RFC 8878, 3.1.1.1). */
    private static byte[] frameHeader(int dictionaryId) {
        int idFlag = dictionaryId == 0 ? 0 : 3;
        int singleSegment = 1 << 5;
        int twoByteContentSize = 1 << 6;
        ByteBuffer header = ByteBuffer.allocate(11).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(ZstdFormat.FRAME_MAGIC);
        header.put((byte) (twoByteContentSize | singleSegment | idFlag));
        if (dictionaryId != 0) {
            header.putInt(dictionaryId);
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
        System.arraycopy(frameHeader, 0, packed, 0, frameHeader.length);
        return encodeBlock(page, pageOffset, packed, frameHeader.length);
    }

    /**
     * Compresses one page into the blocks of a frame, without the frame's header, for a store that
     * knows the page's size and dictionary.
     *
     * @return bytes written to {@code packed} from index 0, or {@link PageCodec#INCOMPRESSIBLE}
     */
    public int encodeBlocks(MemorySegment page, long pageOffset, byte[] packed) {
        Objects.checkFromIndexSize(0, PageCodec.PACKED_CAPACITY, packed.length);
        return encodeBlock(page, pageOffset, packed, 0);
    }

    private int encodeBlock(MemorySegment page, long pageOffset, byte[] packed, int at) {
        MemorySegment.copy(
                page, ValueLayout.JAVA_BYTE, pageOffset, window, MatchWindow.PAGE, Pages.SIZE);
        finder.find(window, store);
        store.gatherLiterals(window);
        int start = at + ZstdFormat.BLOCK_HEADER_BYTES;
        int afterLiterals = literals.write(store.literals, store.literalCount, packed, start);
        if (afterLiterals + 2 >= Pages.SIZE) {
            return PageCodec.INCOMPRESSIBLE;
        }
        int end = encodeSequences(packed, afterLiterals);
        if (end >= Pages.SIZE) {
            return PageCodec.INCOMPRESSIBLE;
        }
        int size = end - start;
        int header = 1 | (ZstdFormat.BLOCK_COMPRESSED << 1) | (size << 3);
        packed[at] = (byte) header;
        packed[at + 1] = (byte) (header >>> 8);
        packed[at + 2] = (byte) (header >>> 16);
        return end;
    }

    /** Writes in place when the worst case fits, else beside and copies what fits. */
    private int encodeSequences(byte[] packed, int at) {
        if (at + SequencesEncoder.maxBytes(store.sequenceCount) <= packed.length) {
            return sequences.write(store, packed, at);
        }
        int end = sequences.write(store, spill, at);
        if (end < Pages.SIZE) {
            System.arraycopy(spill, at, packed, at, end - at);
        }
        return end;
    }
}
