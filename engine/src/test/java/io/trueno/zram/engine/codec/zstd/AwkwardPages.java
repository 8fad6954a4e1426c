package io.trueno.zram.engine.codec.zstd;

import io.trueno.zram.engine.NamedPage;
import io.trueno.zram.engine.Pages;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Pages that drive an entropy coder into its corners; all from fixed seeds. */
final class AwkwardPages {
    private AwkwardPages() {}

    static Stream<NamedPage> all() {
        return Stream.of(alphabets(), skewed(), longRuns(), stretches()).flatMap(s -> s);
    }

    /** Literals of exactly so many symbols, which hardly repeat as strings. */
    private static Stream<NamedPage> alphabets() {
        return IntStream.of(2, 3, 4, 5, 16, 64, 127, 128, 129, 130, 200, 255, 256)
                .mapToObj(symbols -> {
                    Random random = new Random(symbols);
                    return page(symbols + " symbols", i -> random.nextInt(symbols));
                });
    }

    /**
     * Frequencies that fall by a factor from symbol to symbol, which asks for the longest codes.
     */
    private static Stream<NamedPage> skewed() {
        return IntStream.of(11, 13, 15, 17, 20, 30)
                .mapToObj(tenths -> {
                    Random random = new Random(tenths);
                    double log = Math.log(tenths / 10.0);
                    return page(
                            "skewed " + tenths,
                            i -> {
                                double u = 1 - random.nextDouble();
                                return (int) Math.min(255, -Math.log(u) / log);
                            });
                });
    }

    /** Literal runs and matches whose lengths need every long code. */
    private static Stream<NamedPage> longRuns() {
        return IntStream.of(63, 64, 127, 128, 131, 255, 258, 259, 511, 515, 1023, 1027, 2047, 2048)
                .mapToObj(run -> {
                    byte[] noise = new byte[Pages.SIZE];
                    new Random(run).nextBytes(noise);
                    return page(
                            "noise and zeros in turns of " + run,
                            i -> i / run % 2 == 0 ? noise[i] & 0x3F : 0);
                });
    }

    /** Copies of random stretches at random distances: all offset and length codes mixed. */
    private static Stream<NamedPage> stretches() {
        return IntStream.range(0, 200)
                .mapToObj(seed -> {
                    Random random = new Random(seed);
                    byte[] bytes = new byte[Pages.SIZE];
                    int at = 0;
                    while (at < bytes.length) {
                        int length = 1 + (int) Math.pow(2, random.nextDouble() * 9);
                        int from = at == 0 ? 0 : random.nextInt(at);
                        boolean copy = at > 0 && random.nextInt(100) < seed % 100;
                        int mask = seed % 3 == 0 ? 0xFF : 0x0F;
                        for (; length > 0 && at < bytes.length; length--) {
                            bytes[at++] = copy ? bytes[from++] : (byte) (random.nextInt() & mask);
                        }
                    }
                    return new NamedPage("stretches " + seed, bytes);
                });
    }

    private static NamedPage page(String name, IntUnaryOperator byteAt) {
        byte[] bytes = new byte[Pages.SIZE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) byteAt.applyAsInt(i);
        }
        return new NamedPage(name, bytes);
    }
}
