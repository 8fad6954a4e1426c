package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compresses a few neighbouring pages together, as densely as the page encoder's dense level, for
 * pages that are seldom read. A cluster is the blocks of one Zstandard frame (RFC 8878, 3.1.1.2),
 * one block for each page, without the frame's header. A block refers to the pages before it and
 * may repeat their tables, so that reading page {@code k} takes decoding the pages up to it.
 *
 * <p>Holds its working memory, most of it from the first compression on, so an instance serves one
 * thread at a time; steady state allocates nothing.
 */
public final class ZstdClusterCodec {
    /** The most pages in a cluster. */
    public static final int MAX_PAGES = 8;

    /** Smallest length in bytes of an array that takes a packed cluster. */
    public static final int PACKED_CAPACITY =
            MAX_PAGES * (Pages.SIZE + ZstdFormat.BLOCK_HEADER_BYTES) + 512;

    /** Bytes that the encoder may read behind the pages. */
    private static final int WINDOW_SLACK = 32;

    private final @Nullable PreparedDictionary dictionary;
    private final byte[] block = new byte[PageCodec.PACKED_CAPACITY];
    private final ZstdPageDecoder decoder;

    /** Weighs a megabyte, and not every codec is there to encode. */
    private @Nullable Encoder encoder;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Encoder(byte[] window, DenseBlockEncoder blocks) {
        static Encoder of(@Nullable PreparedDictionary dictionary) {
            byte[] window = new byte[MatchWindow.PAGE + MAX_PAGES * Pages.SIZE + WINDOW_SLACK];
            if (dictionary != null) {
                byte[] content = dictionary.content;
                System.arraycopy(content, 0, window, dictionary.contentStart(), content.length);
            }
            return new Encoder(
                    window, new DenseBlockEncoder(MatchWindow.PAGE, MAX_PAGES, dictionary));
        }
    }

    /**
     * A codec of clusters of at most {@link #MAX_PAGES} pages.
     *
     * @param dictionary may be shared with other codecs; null for none. What was packed with one
     *     needs it for unpacking.
     * @param backend of the decoder's copies; the encoder has one for all
     * @throws UnsupportedOperationException saying why, if {@code backend} is not available
     */
    public ZstdClusterCodec(@Nullable PreparedDictionary dictionary, SimdBackend backend) {
        this.dictionary = dictionary;
        ZstdDictionary trained = dictionary == null ? null : dictionary.dictionary;
        decoder = new ZstdPageDecoder(trained, backend, MAX_PAGES);
    }

    /**
     * Compresses pages together.
     *
     * @param pages holds {@code count} pages back to back at {@code offset}; not kept
     * @param count 1 to {@link #MAX_PAGES}
     * @param packed takes the result from index 0; bytes after the result are undefined on return
     * @return bytes written, less than the pages have, or {@link PageCodec#INCOMPRESSIBLE}
     * @throws IndexOutOfBoundsException if the pages do not lie in the segment, {@code count} is
     *     out of range or {@code packed} is shorter than {@link #PACKED_CAPACITY}
     */
    public int compress(MemorySegment pages, long offset, int count, byte[] packed) {
        checkCluster(count, packed);
        Encoder using = encoder;
        if (using == null) {
            encoder = using = Encoder.of(dictionary);
        }
        byte[] window = using.window();
        int bytes = count * Pages.SIZE;
        MemorySegment.copy(pages, ValueLayout.JAVA_BYTE, offset, window, MatchWindow.PAGE, bytes);
        using.blocks().startFrame();
        int at = 0;
        for (int i = 0; i < count; i++) {
            int from = MatchWindow.PAGE + i * Pages.SIZE;
            int start = at + ZstdFormat.BLOCK_HEADER_BYTES;
            int end = using.blocks().encode(window, from, packed, start);
            int type = ZstdFormat.BLOCK_COMPRESSED;
            if (end == DenseBlockEncoder.TOO_LONG) {
                type = ZstdFormat.BLOCK_RAW;
                end = start + Pages.SIZE;
                System.arraycopy(window, from, packed, start, Pages.SIZE);
            }
            ZstdFormat.putBlockHeader(packed, at, i == count - 1, type, end - start);
            at = end;
        }
        return at < bytes ? at : PageCodec.INCOMPRESSIBLE;
    }

    /**
     * Decompresses a whole cluster. The input may be hostile: whatever it holds, nothing outside
     * the pages is written. After a failure their content is undefined.
     *
     * @param packed holds the cluster from index 0; not changed
     * @param packedLength length of the cluster in bytes
     * @param count number of pages that were compressed
     * @param pages takes the pages back to back at {@code offset}
     * @throws CorruptPageException if the bytes do not decode to exactly that many pages
     * @throws IndexOutOfBoundsException if the pages do not lie in the segment, {@code count} or
     *     {@code packedLength} is out of range, or {@code packed} is shorter than {@link
     *     #PACKED_CAPACITY}
     */
    public void decompress(
            byte[] packed, int packedLength, int count, MemorySegment pages, long offset) {
        checkCluster(count, packed);
        Objects.checkFromIndexSize(offset, (long) count * Pages.SIZE, pages.byteSize());
        decode(packed, packedLength, count, count - 1);
        for (int i = 0; i < count; i++) {
            decoder.copyPageOfCluster(i, pages, offset + (long) i * Pages.SIZE);
        }
    }

    /**
     * Decompresses one page of a cluster, for the time of this page and all before it. Blocks
     * behind it are not looked at.
     *
     * @param index which of the {@code count} pages, from 0
     * @param page takes the page at {@code offset}
     * @throws CorruptPageException if the bytes up to the page are not those of a cluster
     * @throws IndexOutOfBoundsException as for {@link #decompress}, or if {@code index} is not that
     *     of a page
     */
    public void decompressPage(
            byte[] packed,
            int packedLength,
            int count,
            int index,
            MemorySegment page,
            long offset) {
        checkCluster(count, packed);
        Objects.checkIndex(index, count);
        Objects.checkFromIndexSize(offset, Pages.SIZE, page.byteSize());
        decode(packed, packedLength, count, index);
        decoder.copyPageOfCluster(index, page, offset);
    }

    private void decode(byte[] packed, int packedLength, int count, int lastWanted) {
        Objects.checkFromIndexSize(0, packedLength, packed.length);
        decoder.startCluster();
        int at = 0;
        for (int i = 0; i <= lastWanted; i++) {
            int length = blockLength(packed, at, packedLength);
            System.arraycopy(packed, at, block, 0, length);
            boolean last = decoder.decodePageOfCluster(block, length, i);
            at += length;
            if (last != (i == count - 1)) {
                throw new CorruptPageException(at, "cluster has another number of pages");
            }
        }
        if (lastWanted == count - 1 && at != packedLength) {
            throw new CorruptPageException(at, "bytes after the end of the cluster");
        }
    }

    /** Length of the block at {@code at}, header included, which lies before {@code limit}. */
    private static int blockLength(byte[] packed, int at, int limit) {
        if (limit - at < ZstdFormat.BLOCK_HEADER_BYTES) {
            throw new CorruptPageException(limit, "block header is truncated");
        }
        int header = ZstdFormat.blockHeader(packed, at);
        boolean one = (header >>> 1 & 3) == ZstdFormat.BLOCK_RLE;
        int size = one ? 1 : header >>> 3;
        if (size > Pages.SIZE) {
            throw new CorruptPageException(at, "block is longer than a page");
        }
        if (size > limit - at - ZstdFormat.BLOCK_HEADER_BYTES) {
            throw new CorruptPageException(limit, "block is truncated");
        }
        return ZstdFormat.BLOCK_HEADER_BYTES + size;
    }

    private static void checkCluster(int count, byte[] packed) {
        Objects.checkIndex(count - 1, MAX_PAGES);
        Objects.checkFromIndexSize(0, PACKED_CAPACITY, packed.length);
    }
}
