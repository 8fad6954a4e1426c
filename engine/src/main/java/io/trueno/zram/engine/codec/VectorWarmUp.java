package io.trueno.zram.engine.codec;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SameFill;
import io.trueno.zram.engine.SimdBackend;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Brings vector kernels to speed beside those who need pages now. Until the JVM has compiled code
 * that uses the Vector API, every vector is an object, and a page takes ten milliseconds and more
 * to unpack; scalar code takes half of one. So a process that has to serve from its first moment
 * {@linkplain #begin begins} with scalar kernels, which pack the same bytes, while a thread of its
 * own runs the vector ones; {@link Starting} changes over when that is done.
 *
 * <p>A process that does not begin so uses the kernels that it asks for at once.
 */
public final class VectorWarmUp {
    private static final List<Algorithm> ALGORITHMS =
            List.of(Algorithm.LZ4, Algorithm.ZSTD_STATIC, Algorithm.zstd(1));

    /** What the JVM's second compiler needs to see, with as much again. */
    private static final int PAGES = 2000;

    /** Leaves the processors to those who are served first, and the compiler to their code. */
    private static final long DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Between two rests, which take as long as these did. */
    private static final int PAGES_AT_A_TIME = 20;

    private static volatile boolean isCold;

    private VectorWarmUp() {}

    /** Begins, if {@code backend} has vectors; returns at once. */
    public static void begin(SimdBackend backend) {
        if (backend != SimdBackend.SCALAR) {
            isCold = true;
            Thread.ofPlatform()
                    .daemon()
                    .name("vector-warm-up")
                    .start(() -> {
                        try {
                            run(backend);
                        } finally {
                            isCold = false;
                        }
                    });
        }
    }

    /** The backend to use at this moment. */
    static SimdBackend now(SimdBackend backend) {
        return isCold ? SimdBackend.SCALAR : backend;
    }

    private static void run(SimdBackend backend) {
        LockSupport.parkNanos(DELAY_NANOS);
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        MemorySegment page = MemorySegment.ofArray(new byte[Pages.SIZE]);
        MemorySegment unpacked = MemorySegment.ofArray(new byte[Pages.SIZE]);
        SameFill sameFill = SameFill.create(backend);
        for (Algorithm algorithm : ALGORITHMS) {
            PageCodec codec = PageCodecs.createForStore(algorithm, backend);
            Random random = new Random(1);
            long start = System.nanoTime();
            for (int i = 1; i <= PAGES; i++) {
                if (i % 4 == 0) {
                    fillWithPointers(page, random);
                } else {
                    fill(page, random);
                }
                int length = codec.compress(page, 0, packed);
                if (length != PageCodec.INCOMPRESSIBLE) {
                    codec.decompress(packed, length, unpacked, 0);
                }
                sameFill.expand(i, unpacked, 0);
                sameFill.isSameFilled(unpacked, 0);
                if (i % PAGES_AT_A_TIME == 0) {
                    LockSupport.parkNanos(System.nanoTime() - start);
                    start = System.nanoTime();
                }
            }
        }
    }

    /** What LZ4 unpacks by a loop of its own: words that differ in one byte of eight. */
    private static void fillWithPointers(MemorySegment page, Random random) {
        for (int at = 0; at < Pages.SIZE; at += Long.BYTES) {
            page.set(JAVA_LONG_UNALIGNED, at, 0x7FC0_0000_0000L + random.nextInt(256));
        }
    }

    /** Runs of bytes, words that differ in little, and some noise. */
    private static void fill(MemorySegment page, Random random) {
        byte[] bytes = new byte[64];
        for (int at = 0; at < Pages.SIZE; at += bytes.length) {
            int kind = random.nextInt(8);
            if (kind == 0 || at == 0) {
                random.nextBytes(bytes);
            } else if (kind < 4) {
                bytes[random.nextInt(bytes.length)]++;
            } else if (kind == 4) {
                Arrays.fill(bytes, (byte) random.nextInt(4));
            }
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, page, at, bytes.length);
        }
    }
}
