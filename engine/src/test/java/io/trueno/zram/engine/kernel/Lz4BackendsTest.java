package io.trueno.zram.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.NamedPage;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.kernel.vector.VectorKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * Scalar and vector LZ4 kernels give the same pages and refuse the same blocks. Every width is
 * tried, the 128 bits of NEON too, whatever this machine prefers.
 */
class Lz4BackendsTest {
    private static final int CAPACITY = Pages.SIZE + 512;

    private static Map<String, Kernels> kernels() {
        Map<String, Kernels> kernels = new LinkedHashMap<>();
        kernels.put("scalar", Kernels.of(SimdBackend.SCALAR));
        for (int bits : new int[] {128, 256, 512}) {
            if (bits <= VectorKernels.preferredBits()) {
                kernels.put(bits + " bits", VectorKernels.ofBits(bits));
            }
        }
        return kernels;
    }

    @Test
    void everyDecoderReadsEveryEncodersBlocks() {
        kernels()
                .forEach((encoderName, from) -> {
                    Lz4Encoder encoder = from.newLz4Encoder(1);
                    kernels()
                            .forEach((decoderName, to) ->
                                    assertPagesComeBack(
                                            encoderName + " to " + decoderName,
                                            encoder,
                                            to.newLz4Decoder()));
                });
    }

    private static void assertPagesComeBack(String name, Lz4Encoder encoder, Lz4Decoder decoder) {
        byte[] packed = new byte[CAPACITY];
        byte[] back = new byte[Pages.SIZE];
        NamedPage.all()
                .forEach(page -> {
                    int length = encoder.encode(MemorySegment.ofArray(page.bytes()), 0, packed);
                    if (length < Pages.SIZE) {
                        decoder.decode(packed, length, MemorySegment.ofArray(back), 0);
                        assertThat(Arrays.mismatch(page.bytes(), back))
                                .as(name + ", " + page)
                                .isEqualTo(-1);
                    }
                });
    }

    @Test
    void damagedBlocksAreRefusedAlike() {
        long seed = Long.getLong("trueno.zram.seed", System.nanoTime());
        System.out.println("Lz4BackendsTest: trueno.zram.seed=" + seed);
        Random random = new Random(seed);
        List<Lz4Decoder> decoders =
                kernels().values().stream().map(Kernels::newLz4Decoder).toList();
        Lz4Encoder encoder = Kernels.of(SimdBackend.SCALAR).newLz4Encoder(1);
        List<NamedPage> pages = NamedPage.all().toList();
        byte[] packed = new byte[CAPACITY];
        for (int round = 0; round < 4000; round++) {
            byte[] page = pages.get(random.nextInt(pages.size())).bytes();
            int length = encoder.encode(MemorySegment.ofArray(page), 0, packed);
            if (length >= Pages.SIZE) {
                continue;
            }
            for (int i = random.nextInt(3); i >= 0; i--) {
                packed[random.nextInt(length)] = (byte) random.nextInt();
            }
            String expected = outcome(decoders.getFirst(), packed, length);
            for (Lz4Decoder decoder : decoders) {
                assertThat(outcome(decoder, packed, length))
                        .as("round %d, %s", round, decoder.getClass())
                        .isEqualTo(expected);
            }
        }
    }

    private static String outcome(Lz4Decoder decoder, byte[] packed, int length) {
        byte[] back = new byte[Pages.SIZE];
        try {
            decoder.decode(packed, length, MemorySegment.ofArray(back), 0);
            return "page " + Arrays.hashCode(back);
        } catch (CorruptPageException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void ratiosDifferByLessThanHalfAPercent() {
        List<Long> bytes =
                kernels().values().stream().map(k -> packedBytes(k.newLz4Encoder(1))).toList();
        for (long sum : bytes) {
            assertThat(sum).isCloseTo(bytes.getFirst(), Percentage.withPercentage(0.5));
        }
    }

    private static long packedBytes(Lz4Encoder encoder) {
        byte[] packed = new byte[CAPACITY];
        long sum = 0;
        for (NamedPage page : NamedPage.samples()) {
            int length = encoder.encode(MemorySegment.ofArray(page.bytes()), 0, packed);
            sum += Math.min(length, Pages.SIZE);
        }
        return sum;
    }
}
