package io.trueno.zram.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.NamedPage;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link PageCodec} owes its callers. */
public abstract class PageCodecContract {
    private static final int CANARY_BYTES = 512;
    private static final byte CANARY = (byte) 0xA5;

    /** Bytes past the block are undefined, so tests make them anything but zero. */
    private static final byte GARBAGE = (byte) 0xEE;

    /** The codec under test, new for every call. */
    protected abstract PageCodec ours();

    /** The reference library behind the same interface; empty for methods that it does not know. */
    protected abstract Optional<PageCodec> reference();

    @Test
    void everyPageComesBack() {
        PageCodec codec = ours();
        NamedPage.all().forEach(page -> assertRoundTrip(codec, codec, page));
    }

    @Test
    void theReferenceReadsWhatWeWrite() {
        PageCodec ours = ours();
        reference().ifPresent(r -> NamedPage.all().forEach(p -> assertRoundTrip(ours, r, p)));
    }

    @Test
    void weReadWhatTheReferenceWrites() {
        PageCodec ours = ours();
        reference().ifPresent(r -> NamedPage.all().forEach(p -> assertRoundTrip(r, ours, p)));
    }

    @Test
    void aPageDoesNotDependOnThePagesBefore() {
        PageCodec used = ours();
        byte[] expected = new byte[PageCodec.PACKED_CAPACITY];
        byte[] actual = new byte[PageCodec.PACKED_CAPACITY];
        for (NamedPage page : NamedPage.samples().subList(0, 100)) {
            MemorySegment segment = MemorySegment.ofArray(page.bytes());
            int expectedLength = ours().compress(segment, 0, expected);
            int actualLength = used.compress(segment, 0, actual);
            assertThat(actualLength).as(page.name()).isEqualTo(expectedLength);
            assertThat(
                            Arrays.mismatch(
                                    expected,
                                    0,
                                    Math.max(0, expectedLength),
                                    actual,
                                    0,
                                    Math.max(0, actualLength)))
                    .as(page.name())
                    .isEqualTo(-1);
        }
    }

    @Test
    void randomBytesAreIncompressible() {
        byte[] bytes = new byte[Pages.SIZE];
        new Random(7).nextBytes(bytes);
        assertThat(ours().compress(MemorySegment.ofArray(bytes), 0, newPacked()))
                .isEqualTo(PageCodec.INCOMPRESSIBLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 8, 63, 4095})
    void aPageMayLieAnywhereInNativeMemory(int offset) {
        PageCodec codec = ours();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocate(3 * Pages.SIZE, 1);
            MemorySegment to = arena.allocate(3 * Pages.SIZE, 1);
            for (NamedPage page : NamedPage.samples().subList(0, 50)) {
                MemorySegment.copy(
                        page.bytes(), 0, from, ValueLayout.JAVA_BYTE, offset, Pages.SIZE);
                byte[] packed = newPacked();
                int length = codec.compress(from, offset, packed);
                if (length == PageCodec.INCOMPRESSIBLE) {
                    continue;
                }
                to.fill(CANARY);
                codec.decompress(packed, length, to, offset);
                assertThat(
                                from.asSlice(offset, Pages.SIZE)
                                        .mismatch(to.asSlice(offset, Pages.SIZE)))
                        .as(page.name())
                        .isEqualTo(-1);
                assertCanaries(to, offset);
            }
        }
    }

    @Test
    void aPageOutsideItsSegmentIsRefused() {
        PageCodec codec = ours();
        MemorySegment page = MemorySegment.ofArray(new byte[Pages.SIZE]);
        byte[] packed = newPacked();
        int length = codec.compress(page, 0, packed);
        for (long offset : new long[] {-1, 1, Pages.SIZE, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> codec.compress(page, offset, packed))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> codec.decompress(packed, length, page, offset))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void packedArraysThatAreTooShortAreRefused() {
        PageCodec codec = ours();
        MemorySegment page = MemorySegment.ofArray(new byte[Pages.SIZE]);
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY - 1];
        assertThatThrownBy(() -> codec.compress(page, 0, packed))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> codec.decompress(packed, 10, page, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void truncatedInputIsRejectedAtEveryLength() {
        PageCodec codec = ours();
        Guarded target = new Guarded();
        for (NamedPage page : someCompressiblePages(codec)) {
            byte[] packed = newPacked();
            int length = codec.compress(MemorySegment.ofArray(page.bytes()), 0, packed);
            for (int cut = 1; cut < length; cut++) {
                byte[] truncated = newPacked();
                System.arraycopy(packed, 0, truncated, 0, cut);
                if (target.decodes(codec, truncated, cut)) {
                    fail("accepted " + page + " cut to " + cut + " of " + length + " bytes");
                }
            }
        }
    }

    @Test
    void everyFlippedBitIsRejectedOrDecodesToSomePage() {
        PageCodec codec = ours();
        Guarded target = new Guarded();
        for (NamedPage page : someCompressiblePages(codec)) {
            byte[] packed = newPacked();
            int length = codec.compress(MemorySegment.ofArray(page.bytes()), 0, packed);
            for (int bit = 0; bit < length * Byte.SIZE; bit++) {
                packed[bit >>> 3] ^= (byte) (1 << (bit & 7));
                target.decodes(codec, packed, length);
                packed[bit >>> 3] ^= (byte) (1 << (bit & 7));
            }
        }
    }

    @Test
    void aThousandMutationsDoNoHarm() {
        mutate(1_000);
    }

    @Test
    @Tag("slow")
    void aMillionMutationsDoNoHarm() {
        mutate(1_000_000);
    }

    private void mutate(int rounds) {
        long seed = Long.getLong("trueno.zram.seed", System.nanoTime());
        System.out.println(getClass().getSimpleName() + ": trueno.zram.seed=" + seed);
        Random random = new Random(seed);
        PageCodec codec = ours();
        List<NamedPage> pages = NamedPage.all().toList();
        Guarded target = new Guarded();
        byte[] packed = newPacked();
        byte[] mutated = newPacked();
        int length = 0;
        for (int round = 0; round < rounds; round++) {
            if (round % 16 == 0) { // several mutations of one block: mutating is the point
                byte[] page = pages.get(random.nextInt(pages.size())).bytes();
                length = codec.compress(MemorySegment.ofArray(page), 0, packed);
                if (length == PageCodec.INCOMPRESSIBLE) {
                    random.nextBytes(packed);
                    length = 1 + random.nextInt(Pages.SIZE);
                }
            }
            int mutatedLength = Mutations.apply(random, packed, length, mutated);
            target.decodes(codec, mutated, mutatedLength);
        }
    }

    private static List<NamedPage> someCompressiblePages(PageCodec codec) {
        return Stream.concat(
                        NamedPage.edges().stream(),
                        NamedPage.samples().stream().filter(p -> p.name().endsWith("#40")))
                .filter(p ->
                        codec.compress(MemorySegment.ofArray(p.bytes()), 0, newPacked())
                                != PageCodec.INCOMPRESSIBLE)
                .toList();
    }

    private static void assertRoundTrip(PageCodec from, PageCodec to, NamedPage page) {
        byte[] packed = newPacked();
        int length = from.compress(MemorySegment.ofArray(page.bytes()), 0, packed);
        if (length == PageCodec.INCOMPRESSIBLE) {
            return;
        }
        assertThat(length).as(page.name()).isBetween(1, Pages.SIZE - 1);
        Arrays.fill(packed, length, packed.length, GARBAGE);
        byte[] decoded = new byte[Pages.SIZE];
        to.decompress(packed, length, MemorySegment.ofArray(decoded), 0);
        assertThat(Arrays.mismatch(page.bytes(), decoded)).as(page.name()).isEqualTo(-1);
    }

    private static byte[] newPacked() {
        byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
        Arrays.fill(packed, GARBAGE);
        return packed;
    }

    private static void assertCanaries(MemorySegment segment, long pageOffset) {
        for (long i = 0; i < segment.byteSize(); i++) {
            if ((i < pageOffset || i >= pageOffset + Pages.SIZE)
                    && segment.get(ValueLayout.JAVA_BYTE, i) != CANARY) {
                fail("wrote outside the page: offset=" + (i - pageOffset));
            }
        }
    }

    /** A page with canaries around it. */
    private static final class Guarded {
        private final byte[] bytes = new byte[CANARY_BYTES + Pages.SIZE + CANARY_BYTES];
        private final MemorySegment segment = MemorySegment.ofArray(bytes);
        private final byte[] canary = new byte[CANARY_BYTES];

        Guarded() {
            Arrays.fill(bytes, CANARY);
            Arrays.fill(canary, CANARY);
        }

        /** Whether the input decodes; fails the test on any harm but a refusal. */
        boolean decodes(PageCodec codec, byte[] packed, int length) {
            boolean decoded = true;
            try {
                codec.decompress(packed, length, segment, CANARY_BYTES);
            } catch (CorruptPageException expected) {
                assertThat(expected.offset()).isNotNegative();
                decoded = false;
            }
            int end = CANARY_BYTES + Pages.SIZE;
            if (Arrays.mismatch(bytes, 0, CANARY_BYTES, canary, 0, CANARY_BYTES) >= 0
                    || Arrays.mismatch(bytes, end, bytes.length, canary, 0, CANARY_BYTES) >= 0) {
                fail("wrote outside the page");
            }
            return decoded;
        }
    }
}
