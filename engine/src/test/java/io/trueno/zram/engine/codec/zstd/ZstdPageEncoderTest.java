package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.sun.management.ThreadMXBean;
import io.trueno.zram.engine.NamedPage;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZstdPageEncoderTest {
    private static final String GOLDEN_ZEROS = "28b52ffd60000f4d00001000000100fbf70116";
    private static final String GOLDEN_TEXT =
            "28b52ffd60000fb50100b870202c6f72656d616d206679206f67656679206f6765700ea8"
                    + "f0f5efd0733910e6c5ffffbf1ff6d8672ffbec637fb1e74fd13e9fa4";

    private static final String GOLDEN_ZEROS_DENSEST = "28b52ffd60000f45000008000100fcf78110";
    private static final String GOLDEN_TEXT_DENSEST =
            "28b52ffd60000f7501008070202c6f72656d616d206679206f67650fa8f0f5efd0f310fe"
                    + "81f1ffbf1fedb5d7aef6dad3bef6e520ed33520a";

    private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 3, ZstdPageEncoder.DENSE_LEVEL})
    void theReferenceDecodesTheFrameOfEveryPage(int level) {
        ZstdPageEncoder encoder = new ZstdPageEncoder(level, SimdBackend.detect());
        pages().forEach(page -> assertDecodes(page, encodeFrame(encoder, page)));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 3, ZstdPageEncoder.DENSE_LEVEL})
    void blocksAreTheFrameWithoutItsHeader(int level) {
        ZstdPageEncoder encoder = new ZstdPageEncoder(level, SimdBackend.detect());
        byte[] blocks = new byte[PageCodec.PACKED_CAPACITY];
        for (NamedPage page : NamedPage.samples()) {
            MemorySegment segment = MemorySegment.ofArray(page.bytes());
            int blockLength = encoder.encodeBlocks(segment, 0, blocks);
            int frameLength = encodeFrame(encoder, page);
            if (frameLength != PageCodec.INCOMPRESSIBLE) {
                int header = frameLength - blockLength;
                assertThat(Arrays.mismatch(packed, header, frameLength, blocks, 0, blockLength))
                        .as(page.name())
                        .isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 3, ZstdPageEncoder.DENSE_LEVEL})
    void thePagesBeforeDoNotChangeTheResult(int level) {
        ZstdPageEncoder used = new ZstdPageEncoder(level, SimdBackend.detect());
        byte[] expected = new byte[PageCodec.PACKED_CAPACITY];
        List<NamedPage> pages = pages().toList();
        for (int i = 0; i < pages.size(); i += 7) {
            NamedPage page = pages.get(i);
            int length = encodeFrame(used, page);
            ZstdPageEncoder fresh = new ZstdPageEncoder(level, SimdBackend.detect());
            int again = fresh.encodeFrame(MemorySegment.ofArray(page.bytes()), 0, expected);
            assertThat(again).as(page.name()).isEqualTo(length);
            if (length > 0) {
                assertThat(Arrays.mismatch(packed, 0, length, expected, 0, length))
                        .as(page.name())
                        .isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 3, ZstdPageEncoder.DENSE_LEVEL})
    void randomBytesAreIncompressible(int level) {
        byte[] bytes = new byte[Pages.SIZE];
        new Random(11).nextBytes(bytes);
        MemorySegment page = MemorySegment.ofArray(bytes);
        ZstdPageEncoder encoder = new ZstdPageEncoder(level, SimdBackend.detect());
        assertThat(encoder.encodeFrame(page, 0, packed)).isEqualTo(PageCodec.INCOMPRESSIBLE);
        assertThat(encoder.encodeBlocks(page, 0, packed)).isEqualTo(PageCodec.INCOMPRESSIBLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 3, ZstdPageEncoder.DENSE_LEVEL})
    void manyPagesAllocateNothing(int level) {
        ZstdPageEncoder encoder = new ZstdPageEncoder(level, SimdBackend.detect());
        List<MemorySegment> pages =
                NamedPage.samples().stream().map(p -> MemorySegment.ofArray(p.bytes())).toList();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long fewest = Long.MAX_VALUE;
        // The first rounds allocate while classes load and method handles link.
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < pages.size(); i++) {
                encoder.encodeFrame(pages.get(i), 0, packed);
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(fewest).isLessThan(pages.size());
    }

    /** Bytes that stores on disk and other machines may hold: a change of them is a decision. */
    @ParameterizedTest
    @CsvSource({
        "-1, " + GOLDEN_ZEROS + ", " + GOLDEN_TEXT,
        "1, " + GOLDEN_ZEROS + ", " + GOLDEN_TEXT,
        "3, " + GOLDEN_ZEROS + ", " + GOLDEN_TEXT,
        "19, " + GOLDEN_ZEROS_DENSEST + ", " + GOLDEN_TEXT_DENSEST,
    })
    void goldenPagesKeepTheirFrames(int level, String zeros, String text) {
        ZstdPageEncoder encoder = new ZstdPageEncoder(level, SimdBackend.detect());
        byte[] page = new byte[Pages.SIZE];
        assertThat(hexFrame(encoder, page)).isEqualTo(zeros);
        for (int i = 0; i < page.length; i++) {
            page[i] = (byte) "page of memory, ".charAt((i * 7 + i / 512) % 16);
        }
        assertThat(hexFrame(encoder, page)).isEqualTo(text);
    }

    @Test
    void theDenseLevelIsWithinAPercentOfTheReferencesHighest() {
        ZstdPageEncoder encoder =
                new ZstdPageEncoder(ZstdPageEncoder.DENSE_LEVEL, SimdBackend.detect());
        long ours = 0;
        long references = 0;
        try (ZstdCompressCtx reference = new ZstdCompressCtx().setLevel(22)) {
            for (NamedPage page : NamedPage.samples()) {
                int length = encodeFrame(encoder, page);
                ours += length == PageCodec.INCOMPRESSIBLE ? Pages.SIZE : length;
                references += Math.min(reference.compress(page.bytes()).length, Pages.SIZE);
            }
        }
        assertThat(ours).isLessThan(references * 101 / 100);
    }

    private String hexFrame(ZstdPageEncoder encoder, byte[] page) {
        int length = encoder.encodeFrame(MemorySegment.ofArray(page), 0, packed);
        return HexFormat.of().formatHex(packed, 0, length);
    }

    @Test
    void arraysThatAreTooShortAndPagesOutsideAreRefused() {
        ZstdPageEncoder encoder = new ZstdPageEncoder(1, SimdBackend.detect());
        MemorySegment page = MemorySegment.ofArray(new byte[Pages.SIZE]);
        byte[] tooShort = new byte[PageCodec.PACKED_CAPACITY - 1];
        assertThatThrownBy(() -> encoder.encodeFrame(page, 0, tooShort))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> encoder.encodeBlocks(page, 0, tooShort))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> encoder.encodeFrame(page, 1, packed))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private int encodeFrame(ZstdPageEncoder encoder, NamedPage page) {
        return encoder.encodeFrame(MemorySegment.ofArray(page.bytes()), 0, packed);
    }

    private void assertDecodes(NamedPage page, int length) {
        if (length == PageCodec.INCOMPRESSIBLE) {
            return;
        }
        assertThat(length).as(page.name()).isBetween(1, Pages.SIZE - 1);
        byte[] frame = Arrays.copyOf(packed, length);
        assertThat(Zstd.decompress(frame, Pages.SIZE))
                .as(page.name())
                .containsExactly(page.bytes());
    }

    private static Stream<NamedPage> pages() {
        return Stream.of(NamedPage.all(), AwkwardPages.all()).flatMap(p -> p);
    }
}
