package io.trueno.zram.engine.codec;

import io.trueno.zram.engine.Pages;
import java.util.Random;

/** Damages packed bytes in the ways that memory, bugs and malice do. */
final class Mutations {
    private Mutations() {}

    /**
     * Writes a damaged copy.
     *
     * @param length of the block in {@code packed}
     * @param mutated as long as {@code packed}
     * @return length of the damaged block, 1 to {@code Pages.SIZE}
     */
    static int apply(Random random, byte[] packed, int length, byte[] mutated) {
        System.arraycopy(packed, 0, mutated, 0, packed.length);
        int result = length;
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(result);
            switch (random.nextInt(7)) {
                case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                case 1 -> mutated[at] = (byte) random.nextInt();
                case 2 -> mutated[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
                case 3 -> result = 1 + at; // cut
                case 4 -> result = Math.min(Pages.SIZE, result + random.nextInt(64)); // grow
                case 5 -> System.arraycopy(mutated, at, mutated, random.nextInt(result), 1);
                default -> { // move a piece
                    int piece = Math.min(result - at, 1 + random.nextInt(64));
                    int to = random.nextInt(result - piece + 1);
                    System.arraycopy(mutated, at, mutated, to, piece);
                }
            }
        }
        return result;
    }
}
