package io.trueno.zram.engine.codec.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ZstdStaticCodecTest {
    private static final int SETS = 6;

    static Stream<SimdBackend> backends() {
        return Arrays.stream(SimdBackend.values()).filter(b -> b.whyUnavailable().isEmpty());
    }

    private static List<byte[]> pages() {
        List<byte[]> pages = new ArrayList<>(SamplePages.all());
        for (int i = 0; i < 60; i++) {
            pages.add(page(i));
        }
        return pages;
    }

    /** Text, small numbers and pointers in turn, with some noise: each set has its pages. */
    private static byte[] page(int index) {
        Random random = new Random(index);
        byte[] page = new byte[Pages.SIZE];
        for (int at = 0; at < page.length; at += 8) {
            for (int i = 0; i < 8; i++) {
                page[at + i] =
                        switch (index % 3) {
                            case 0 -> (byte) ('a' + random.nextInt(20));
                            case 1 -> (byte) (i < 2 ? random.nextInt(64) : 0);
                            default -> (byte) (i < 4 ? random.nextInt() : 0x7f - i);
                        };
            }
        }
        return page;
    }

    @ParameterizedTest
    @MethodSource("backends")
    void framesComeBackHereAndFromTheReferenceLibrary(SimdBackend backend) throws IOException {
        PageCodec codec = PageCodecs.create(Algorithm.ZSTD_STATIC, backend);
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        Set<Integer> numbers = new TreeSet<>();
        for (byte[] page : pages()) {
            int length = codec.compress(MemorySegment.ofArray(page), 0, packed);
            if (length == PageCodec.INCOMPRESSIBLE) {
                continue;
            }
            byte[] back = new byte[Pages.SIZE];
            codec.decompress(packed, length, MemorySegment.ofArray(back), 0);
            assertThat(back).isEqualTo(page);
            ZstdFrameHeader header = new ZstdFrameHeader();
            header.read(packed, length);
            int number = header.dictionaryId() - StaticTables.FIRST_ID;
            numbers.add(number);
            try (ZstdDecompressCtx reference = new ZstdDecompressCtx()) {
                reference.loadDict(dictionary(number));
                assertThat(reference.decompress(Arrays.copyOf(packed, length), Pages.SIZE))
                        .isEqualTo(page);
            }
        }
        assertThat(numbers).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void blocksOfAStoreComeBackWithTablesAndWithout(SimdBackend backend) {
        PageCodec codec = PageCodecs.createForStore(Algorithm.ZSTD_STATIC, backend);
        PageCodec plain = PageCodecs.createForStore(Algorithm.zstd(1), backend);
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        for (byte[] page : pages()) {
            for (PageCodec writer : new PageCodec[] {codec, plain}) {
                int length = writer.compress(MemorySegment.ofArray(page), 0, packed);
                if (length != PageCodec.INCOMPRESSIBLE) {
                    byte[] back = new byte[Pages.SIZE];
                    codec.decompress(packed, length, MemorySegment.ofArray(back), 0);
                    assertThat(back).isEqualTo(page);
                }
            }
        }
    }

    @Test
    void unknownTablesAreCorrupt() {
        PageCodec codec = PageCodecs.createForStore(Algorithm.ZSTD_STATIC, SimdBackend.SCALAR);
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        int length = codec.compress(MemorySegment.ofArray(page(0)), 0, packed);
        packed[2] = (byte) (SETS + 1);
        MemorySegment back = MemorySegment.ofArray(new byte[Pages.SIZE]);
        assertThatThrownBy(() -> codec.decompress(packed, length, back, 0))
                .isInstanceOf(CorruptPageException.class)
                .hasMessageContaining("static tables");
    }

    /** Stores hold pages that need them. */
    @Test
    void shippedTablesDoNotChange() throws IOException {
        CRC32 crc = new CRC32();
        for (int number = 1; number <= SETS; number++) {
            crc.update(dictionary(number));
        }
        assertThat(crc.getValue()).isEqualTo(CRC_OF_ALL);
    }

    private static final long CRC_OF_ALL = 0x9c249561L;

    private static byte[] dictionary(int number) throws IOException {
        try (InputStream in =
                StaticTables.class.getResourceAsStream("static-" + number + ".dictionary")) {
            return in.readAllBytes();
        }
    }
}
