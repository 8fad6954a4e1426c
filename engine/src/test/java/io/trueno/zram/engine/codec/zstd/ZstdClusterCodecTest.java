package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ZstdClusterCodecTest {
    private static final int MAX_BYTES = ZstdClusterCodec.MAX_PAGES * Pages.SIZE;
    private static final byte CANARY = 0x5A;

    private final byte[] samples = join(SamplePages.all());
    private final byte[] trained = ZstdPageDecoderTest.train(SamplePages.all(), 16 << 10);
    private final PreparedDictionary dictionary =
            PreparedDictionary.of(ZstdDictionary.parse(trained));
    private final byte[] packed = new byte[ZstdClusterCodec.PACKED_CAPACITY];
    private final byte[] decoded = new byte[MAX_BYTES + 2];

    static Stream<SimdBackend> backends() {
        return Arrays.stream(SimdBackend.values()).filter(SimdBackend::isAvailable);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void clustersOfEverySizeComeBack(SimdBackend backend) {
        for (PreparedDictionary d : new PreparedDictionary[] {null, dictionary}) {
            ZstdClusterCodec codec = new ZstdClusterCodec(d, backend);
            for (int from = 0, count = 1; from + MAX_BYTES <= samples.length; count++) {
                int pages = 1 + count % ZstdClusterCodec.MAX_PAGES;
                int length = codec.compress(MemorySegment.ofArray(samples), from, pages, packed);
                if (length != PageCodec.INCOMPRESSIBLE) {
                    assertThat(length).isLessThan(pages * Pages.SIZE);
                    assertComesBack(codec, length, from, pages);
                }
                from += pages * Pages.SIZE;
            }
        }
    }

    @Test
    void theReferenceDecodesClustersInAFrame() {
        for (byte @Nullable [] d : new byte[][] {null, trained}) {
            ZstdClusterCodec codec = codec(d == null ? null : dictionary);
            try (ZstdDecompressCtx reference = new ZstdDecompressCtx()) {
                if (d != null) {
                    reference.loadDict(d);
                }
                for (int from = 0; from + MAX_BYTES <= samples.length; from += MAX_BYTES) {
                    int pages = 2 + from / MAX_BYTES % 7;
                    int length =
                            codec.compress(MemorySegment.ofArray(samples), from, pages, packed);
                    byte[] content = Arrays.copyOfRange(samples, from, from + pages * Pages.SIZE);
                    assertThat(reference.decompress(frame(length, pages), content.length))
                            .isEqualTo(content);
                }
            }
        }
    }

    @Test
    void aPageIsReadByItself() {
        ZstdClusterCodec codec = codec(dictionary);
        int count = ZstdClusterCodec.MAX_PAGES;
        int length = codec.compress(MemorySegment.ofArray(samples), 0, count, packed);
        MemorySegment target = MemorySegment.ofArray(decoded);
        for (int i = count - 1; i >= 0; i--) {
            Arrays.fill(decoded, CANARY);
            codec.decompressPage(packed, length, count, i, target, 1);
            int from = i * Pages.SIZE;
            assertThat(
                            Arrays.mismatch(
                                    samples, from, from + Pages.SIZE, decoded, 1, Pages.SIZE + 1))
                    .isEqualTo(-1);
            assertThat(decoded[0]).isEqualTo(CANARY);
            assertThat(decoded[Pages.SIZE + 1]).isEqualTo(CANARY);
        }
    }

    @Test
    void incompressiblePagesAmongOthersAreKeptAsTheyAre() {
        byte[] noise = new byte[Pages.SIZE];
        new Random(3).nextBytes(noise);
        byte[] page = SamplePages.all().getFirst();
        byte[] pages = join(List.of(page, noise, page, noise, page));
        ZstdClusterCodec codec = codec(null);
        int length = codec.compress(MemorySegment.ofArray(pages), 0, 5, packed);
        codec.decompress(packed, length, 5, MemorySegment.ofArray(decoded), 0);
        assertThat(Arrays.copyOf(decoded, pages.length)).isEqualTo(pages);
        assertThat(length).isLessThan(3 * Pages.SIZE); // one of the two is found again
        int alone = codec.compress(MemorySegment.ofArray(noise), 0, 1, packed);
        assertThat(alone).isEqualTo(PageCodec.INCOMPRESSIBLE);
    }

    @Test
    void neighboursAreSmallerTogether() {
        ZstdClusterCodec codec = codec(null);
        MemorySegment all = MemorySegment.ofArray(samples);
        long together = 0;
        long alone = 0;
        for (int from = 0; from + MAX_BYTES <= samples.length; from += MAX_BYTES) {
            together += bytes(codec, all, from, ZstdClusterCodec.MAX_PAGES);
            for (int i = 0; i < ZstdClusterCodec.MAX_PAGES; i++) {
                alone += bytes(codec, all, from + i * Pages.SIZE, 1);
            }
        }
        assertThat(together).isLessThan(alone * 95 / 100);
    }

    @Test
    void truncatedClustersAndOtherCountsAreRejected() {
        ZstdClusterCodec codec = codec(null);
        int length = codec.compress(MemorySegment.ofArray(samples), 0, 3, packed);
        MemorySegment target = MemorySegment.ofArray(decoded);
        for (int cut = 0; cut < length; cut++) {
            int shorter = cut;
            assertThatExceptionOfType(CorruptPageException.class)
                    .isThrownBy(() -> codec.decompress(packed, shorter, 3, target, 0));
        }
        for (int other : new int[] {2, 4}) {
            assertThatExceptionOfType(CorruptPageException.class)
                    .isThrownBy(() -> codec.decompress(packed, length, other, target, 0));
        }
        assertThatExceptionOfType(CorruptPageException.class)
                .isThrownBy(() -> codec.decompress(packed, length + 1, 3, target, 0));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void mutatedClustersAreDecodedOrRejected(SimdBackend backend) {
        mutate(backend, 1_000, 1);
    }

    @ParameterizedTest
    @MethodSource("backends")
    @Tag("slow")
    void aMillionMutatedClustersAreDecodedOrRejected(SimdBackend backend) {
        mutate(backend, 1_000_000, System.nanoTime());
    }

    @Test
    void countsAndPlacesOutsideAreRefused() {
        ZstdClusterCodec codec = codec(null);
        MemorySegment pages = MemorySegment.ofArray(samples);
        byte[] tooShort = new byte[ZstdClusterCodec.PACKED_CAPACITY - 1];
        assertThatThrownBy(() -> codec.compress(pages, 0, 0, packed))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> codec.compress(pages, 0, 9, packed))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> codec.compress(pages, 0, 2, tooShort))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> codec.compress(pages, samples.length - Pages.SIZE, 2, packed))
                .isInstanceOf(IndexOutOfBoundsException.class);
        int length = codec.compress(pages, 0, 2, packed);
        MemorySegment onePage = MemorySegment.ofArray(new byte[Pages.SIZE]);
        assertThatThrownBy(() -> codec.decompress(packed, length, 2, onePage, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> codec.decompressPage(packed, length, 2, 2, onePage, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private void mutate(SimdBackend backend, int rounds, long seed) {
        System.out.println("cluster mutations on " + backend + " with seed " + seed);
        Random random = new Random(seed);
        ZstdClusterCodec[] codecs = {
            new ZstdClusterCodec(null, backend), new ZstdClusterCodec(dictionary, backend)
        };
        byte[] source = new byte[packed.length];
        int count = 1;
        int length = 0;
        MemorySegment target = MemorySegment.ofArray(decoded);
        for (int round = 0; round < rounds; round++) {
            ZstdClusterCodec codec = codecs[round / 64 & 1];
            if (round % 64 == 0) {
                count = 1 + random.nextInt(ZstdClusterCodec.MAX_PAGES);
                int page = random.nextInt(SamplePages.all().size() - count);
                length =
                        codec.compress(
                                MemorySegment.ofArray(samples),
                                (long) page * Pages.SIZE,
                                count,
                                source);
            }
            if (length == PageCodec.INCOMPRESSIBLE) {
                continue;
            }
            System.arraycopy(source, 0, packed, 0, source.length);
            for (int i = random.nextInt(8); i >= 0; i--) {
                int reach = random.nextBoolean() ? Math.min(length, 60) : length;
                packed[random.nextInt(reach)] = (byte) random.nextInt();
            }
            int cut = random.nextInt(4) == 0 ? random.nextInt(length + 1) : length;
            Arrays.fill(decoded, CANARY);
            int bytes = count * Pages.SIZE;
            try {
                if (random.nextBoolean()) {
                    codec.decompress(packed, cut, count, target, 1);
                } else {
                    bytes = Pages.SIZE;
                    codec.decompressPage(packed, cut, count, random.nextInt(count), target, 1);
                }
            } catch (CorruptPageException rejected) {
                assertThat(rejected.offset()).isNotNegative();
            }
            assertThat(decoded[0]).isEqualTo(CANARY);
            assertThat(decoded[bytes + 1]).isEqualTo(CANARY);
        }
        for (ZstdClusterCodec codec : codecs) {
            int good = codec.compress(MemorySegment.ofArray(samples), 0, 4, packed);
            assertComesBack(codec, good, 0, 4);
        }
    }

    private static ZstdClusterCodec codec(@Nullable PreparedDictionary dictionary) {
        return new ZstdClusterCodec(dictionary, SimdBackend.detect());
    }

    private long bytes(ZstdClusterCodec codec, MemorySegment pages, int from, int count) {
        int length = codec.compress(pages, from, count, packed);
        return length == PageCodec.INCOMPRESSIBLE ? (long) count * Pages.SIZE : length;
    }

    private void assertComesBack(ZstdClusterCodec codec, int length, int from, int count) {
        Arrays.fill(decoded, CANARY);
        codec.decompress(packed, length, count, MemorySegment.ofArray(decoded), 1);
        int bytes = count * Pages.SIZE;
        assertThat(Arrays.mismatch(samples, from, from + bytes, decoded, 1, bytes + 1))
                .as("cluster of %d at %d", count, from)
                .isEqualTo(-1);
        assertThat(decoded[bytes + 1]).isEqualTo(CANARY);
    }

    /**
     * The packed cluster behind a frame header with a four-byte content size (RFC 8878, 3.1.1.1).
     */
    private byte[] frame(int length, int pages) {
        ByteBuffer frame = ByteBuffer.allocate(9 + length).order(ByteOrder.LITTLE_ENDIAN);
        int singleSegment = 1 << 5;
        int fourByteContentSize = 2 << 6;
        frame.putInt(ZstdFormat.FRAME_MAGIC);
        frame.put((byte) (fourByteContentSize | singleSegment));
        frame.putInt(pages * Pages.SIZE);
        frame.put(packed, 0, length);
        return frame.array();
    }

    private static byte[] join(List<byte[]> pages) {
        byte[] all = new byte[pages.size() * Pages.SIZE];
        for (int i = 0; i < pages.size(); i++) {
            System.arraycopy(pages.get(i), 0, all, i * Pages.SIZE, Pages.SIZE);
        }
        return all;
    }
}
