package io.trueno.zram.engine.codec.zstd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.kernel.Kernels;
import io.trueno.zram.engine.kernel.ZstdSequenceExecutor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses Zstandard frames (RFC 8878) whose content is one page, of any encoder, and the
 * blocks alone, without magic number and headers, that a page store may keep.
 *
 * <p>Holds tables, and a copy of the dictionary's content in front of the place where pages are
 * decoded, so that matches into the dictionary are like any other. An instance serves one thread at
 * a time; steady state allocates nothing. The input may be hostile: it leads to {@link
 * CorruptPageException} and to nothing else.
 */
public final class ZstdPageDecoder {
    private static final int CHECKSUM_BYTES = 4;

    /** Repeat offsets at the start of a frame without a dictionary (3.1.1.5). */
    private static final int[] FIRST_REPEAT_OFFSETS = {1, 4, 8};

    /** The bits of a block's header that say what follows. */
    private static final int FRAME_HEADER_MASK = 0xFFFFFF;

    /** The same in blocks with static tables, whose number is in the rest. */
    private static final int STATIC_HEADER_MASK = 0xFFFF;

    private final int dictionaryId;
    private final int blocksHeaderMask;
    private final ZstdFrameHeader header = new ZstdFrameHeader();
    private final LiteralsDecoder literals;
    private final SequencesDecoder sequences;
    private final ZstdSequenceExecutor executor;
    private final int[] repeatOffsets;

    private final DecoderMemory memory;

    /** Where in the memory the page is decoded: behind the dictionary's content. */
    private final int pageFrom;

    /** Where decoding ends: behind the page, of a cluster the one that is being decoded. */
    private int pageEnd;

    /** A decoder of frames without a dictionary. */
    public ZstdPageDecoder() {
        this(null);
    }

    /**
     * A decoder of frames that were compressed with {@code dictionary}, whether they name it or
     * not, or without one.
     */
    public ZstdPageDecoder(@Nullable ZstdDictionary dictionary) {
        this(dictionary, SimdBackend.detect());
    }

    /**
     * A decoder whose copies are those of one backend.
     *
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public ZstdPageDecoder(@Nullable ZstdDictionary dictionary, SimdBackend backend) {
        this(dictionary, backend, 1, FRAME_HEADER_MASK);
    }

    /** A decoder of pages that need one set of static tables, by its number. */
    ZstdPageDecoder(StaticTables tables, int number, SimdBackend backend) {
        this(tables.set(number - 1).dictionary, backend, 1, STATIC_HEADER_MASK);
    }

    /** A decoder with room for the pages of a cluster, which refer to those before them. */
    ZstdPageDecoder(@Nullable ZstdDictionary dictionary, SimdBackend backend, int pages) {
        this(dictionary, backend, pages, FRAME_HEADER_MASK);
    }

    private ZstdPageDecoder(
            @Nullable ZstdDictionary dictionary,
            SimdBackend backend,
            int pages,
            int blocksHeaderMask) {
        this.blocksHeaderMask = blocksHeaderMask;
        byte[] content = dictionary == null ? new byte[0] : dictionary.content();
        this.dictionaryId = dictionary == null ? 0 : dictionary.id();
        this.memory = new DecoderMemory(content.length + (pages - 1) * Pages.SIZE);
        this.literals = new LiteralsDecoder(memory, dictionary);
        this.sequences = new SequencesDecoder(memory, dictionary);
        this.executor = Kernels.of(backend).newZstdSequenceExecutor();
        this.repeatOffsets = dictionary == null ? FIRST_REPEAT_OFFSETS : dictionary.repeatOffsets();
        this.pageFrom = DecoderMemory.OUT + content.length;
        this.pageEnd = pageFrom + Pages.SIZE;
        MemorySegment.copy(
                content, 0, memory.block(), JAVA_BYTE, DecoderMemory.OUT, content.length);
    }

    /**
     * Decompresses a frame. Skippable frames before it are skipped; nothing may follow it.
     *
     * @param packed holds the frame from index 0; not changed
     * @param packedLength 1 to {@code Pages.SIZE}
     * @param page takes the page at {@code pageOffset}
     * @throws CorruptPageException if the bytes are not a frame of exactly one page, its checksum
     *     is wrong, or it needs another dictionary
     * @throws IndexOutOfBoundsException if the page does not lie in the segment, {@code packed} is
     *     shorter than {@link PageCodec#PACKED_CAPACITY}, or {@code packedLength} is out of range
     */
    public void decodeFrame(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        checkArguments(packed, packedLength, page, pageOffset);
        int at = header.read(packed, packedLength);
        if (header.dictionaryId() != 0 && header.dictionaryId() != dictionaryId) {
            throw new CorruptPageException(
                    0, "frame needs dictionary " + Integer.toUnsignedString(header.dictionaryId()));
        }
        int end = decodeReachable(packed, at, packedLength, FRAME_HEADER_MASK);
        if (header.checksum()) {
            if (end + CHECKSUM_BYTES > packedLength) {
                throw new CorruptPageException(packedLength, "checksum is truncated");
            }
            if ((int) XxHash64.ofPage(memory.block(), pageFrom)
                    != LittleEndian.getInt(packed, end)) {
                throw new CorruptPageException(end, "checksum does not match the content");
            }
            end += CHECKSUM_BYTES;
        }
        finish(end, packedLength, page, pageOffset);
    }

    /**
     * Decompresses blocks that stand alone: a frame without its magic number, header and checksum.
     * Dictionary and length are known from elsewhere.
     *
     * @param packed holds the blocks from index 0, the last one marked as such; not changed
     * @param packedLength 1 to {@code Pages.SIZE}
     * @param page takes the page at {@code pageOffset}
     * @throws CorruptPageException if the bytes are not blocks of exactly one page
     * @throws IndexOutOfBoundsException as for {@link #decodeFrame}
     */
    public void decodeBlocks(byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        checkArguments(packed, packedLength, page, pageOffset);
        int end = decodeReachable(packed, 0, packedLength, blocksHeaderMask);
        finish(end, packedLength, page, pageOffset);
    }

    private static void checkArguments(
            byte[] packed, int packedLength, MemorySegment page, long pageOffset) {
        Objects.checkFromIndexSize(pageOffset, Pages.SIZE, page.byteSize());
        Objects.checkFromIndexSize(0, PageCodec.PACKED_CAPACITY, packed.length);
        Objects.checkIndex(packedLength - 1, Pages.SIZE);
    }

    private void finish(int end, int packedLength, MemorySegment page, long pageOffset) {
        if (end != packedLength) {
            throw new CorruptPageException(end, "bytes after the end of the page");
        }
        MemorySegment.copy(memory.block(), pageFrom, page, pageOffset, Pages.SIZE);
    }

    /** Begins a cluster: {@link #decodePageOfCluster} is then called for page 0, 1 and so on. */
    void startCluster() {
        startFrame();
    }

    /**
     * Decompresses the next page of a cluster, which is one block.
     *
     * @param block holds the block with its header from index 0, slack behind; not changed
     * @param length of the block, at most a page and a header
     * @param index of the page in the cluster
     * @return whether the block is marked as the last
     * @throws CorruptPageException if the block is not valid or not exactly one page
     */
    boolean decodePageOfCluster(byte[] block, int length, int index) {
        int start = pageFrom + index * Pages.SIZE;
        pageEnd = start + Pages.SIZE;
        MemorySegment.copy(block, 0, memory.block(), JAVA_BYTE, DecoderMemory.PACKED, length);
        int header = LittleEndian.getInt(block, 0) & FRAME_HEADER_MASK;
        try {
            if (decodeBlock(block, header, ZstdFormat.BLOCK_HEADER_BYTES, length, start)
                    != pageEnd) {
                throw new CorruptPageException(length, "block is shorter than a page");
            }
        } finally {
            Reference.reachabilityFence(memory);
        }
        return (header & 1) != 0;
    }

    /** Copies a page of a cluster that has been decoded. */
    void copyPageOfCluster(int index, MemorySegment page, long pageOffset) {
        long from = pageFrom + (long) index * Pages.SIZE;
        MemorySegment.copy(memory.block(), from, page, pageOffset, Pages.SIZE);
    }

    /** {@link #decodeAll}, with the memory kept until it ends. */
    private int decodeReachable(byte[] in, int from, int limit, int headerMask) {
        try {
            return decodeAll(in, from, limit, headerMask);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** Decodes blocks up to the last one; returns the index of the first byte behind it. */
    private int decodeAll(byte[] in, int from, int limit, int headerMask) {
        MemorySegment.copy(in, 0, memory.block(), JAVA_BYTE, DecoderMemory.PACKED, limit);
        startFrame();
        int at = from;
        int written = pageFrom;
        boolean last;
        do {
            int blockFrom = at + ZstdFormat.BLOCK_HEADER_BYTES;
            if (blockFrom > limit) {
                throw new CorruptPageException(limit, "block header is truncated");
            }
            int header = LittleEndian.getInt(in, at) & headerMask;
            last = (header & 1) != 0;
            int type = header >>> 1 & 3;
            int size = header >>> 3;
            at = blockFrom + (type == ZstdFormat.BLOCK_RLE ? 1 : size);
            if (at > limit) {
                throw new CorruptPageException(limit, "block is truncated");
            }
            written = decodeBlock(in, header, blockFrom, at, written);
        } while (!last);
        if (written != pageEnd) {
            throw new CorruptPageException(at, "content is shorter than a page");
        }
        return at;
    }

    private void startFrame() {
        literals.startFrame();
        sequences.startFrame();
        executor.startFrame(repeatOffsets[0], repeatOffsets[1], repeatOffsets[2]);
    }

    /** Decodes a block behind its header; returns where its content ends. */
    private int decodeBlock(byte[] in, int header, int from, int limit, int written) {
        int type = header >>> 1 & 3;
        int size = header >>> 3;
        if (type == ZstdFormat.BLOCK_COMPRESSED) {
            return decodeCompressed(in, from, limit, written);
        }
        if (type == ZstdFormat.BLOCK_RESERVED || size > pageEnd - written) {
            throw new CorruptPageException(
                    from - ZstdFormat.BLOCK_HEADER_BYTES, "block type or size");
        }
        if (type == ZstdFormat.BLOCK_RAW) {
            MemorySegment.copy(in, from, memory.block(), JAVA_BYTE, written, size);
        } else {
            memory.block().asSlice(written, size).fill(in[from]);
        }
        return written + size;
    }

    private int decodeCompressed(byte[] in, int from, int limit, int written) {
        try {
            return decodeSections(in, from, limit, written);
        } catch (IndexOutOfBoundsException e) {
            throw new CorruptPageException(from, "bit stream is truncated");
        }
    }

    private int decodeSections(byte[] in, int from, int limit, int written) {
        int at = literals.decode(in, from, limit, pageEnd - written);
        int count = sequences.decode(in, at, limit);
        return execute(count, written, from);
    }

    /** Executes the block's sequences and copies the literals that are left. */
    private int execute(int count, int written, int from) {
        if (!executor.execute(
                memory.base(),
                DecoderMemory.SEQUENCES,
                count,
                literals.from(),
                literals.to(),
                DecoderMemory.OUT,
                written,
                pageEnd)) {
            throw new CorruptPageException(from, "sequence reaches outside the page");
        }
        int done = (int) executor.at();
        int literal = (int) executor.literal();
        int rest = literals.to() - literal;
        if (rest > pageEnd - done) {
            throw new CorruptPageException(from, "literals reach outside the page");
        }
        MemorySegment.copy(memory.block(), literal, memory.block(), done, rest);
        return done + rest;
    }
}
