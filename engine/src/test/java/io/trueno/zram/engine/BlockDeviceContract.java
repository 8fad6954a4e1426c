package io.trueno.zram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link BlockDevice} owes its callers. */
public abstract class BlockDeviceContract {
    /** A fresh device that holds nothing. */
    protected abstract BlockDevice open(long sizeBytes) throws Exception;

    /** Seed of the random tests; set {@code trueno.zram.seed} to repeat a run. */
    protected static long seed() {
        long seed = Long.getLong("trueno.zram.seed", System.nanoTime());
        System.out.println("seed: -Dtrueno.zram.seed=" + seed);
        return seed;
    }

    @Test
    void aFreshDeviceReadsAsZeros() throws Exception {
        try (BlockDevice device = open(10 * Pages.SIZE)) {
            byte[] got = read(device, 0, 10 * Pages.SIZE, (byte) 7);
            assertThat(got).containsOnly(0);
            assertThat(device.extent(0, 10 * Pages.SIZE)).isEqualTo(-10 * Pages.SIZE);
        }
    }

    @Test
    void realPagesComeBackFromNativeAndHeapBuffers() throws Exception {
        List<byte[]> pages = SamplePages.all();
        try (BlockDevice device = open((long) pages.size() * Pages.SIZE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment direct = arena.allocate(Pages.SIZE);
            for (int i = 0; i < pages.size(); i++) {
                direct.copyFrom(MemorySegment.ofArray(pages.get(i)));
                device.write((long) i * Pages.SIZE, direct, 0, Pages.SIZE);
            }
            for (int i = 0; i < pages.size(); i++) {
                assertThat(read(device, (long) i * Pages.SIZE, Pages.SIZE, (byte) 1))
                        .as("page %d", i)
                        .isEqualTo(pages.get(i));
                direct.fill((byte) 1);
                device.read((long) i * Pages.SIZE, direct, 0, Pages.SIZE);
                assertThat(direct.mismatch(MemorySegment.ofArray(pages.get(i)))).isEqualTo(-1);
            }
        }
    }

    @Test
    void bytesAroundATargetAreLeftAlone() throws Exception {
        try (BlockDevice device = open(4 * Pages.SIZE)) {
            write(device, 0, SamplePages.all().getFirst());
            byte[] target = new byte[3 * Pages.SIZE];
            Arrays.fill(target, (byte) 0x5a);
            device.read(0, MemorySegment.ofArray(target), Pages.SIZE, Pages.SIZE);
            assertThat(Arrays.copyOf(target, Pages.SIZE)).containsOnly(0x5a);
            assertThat(Arrays.copyOfRange(target, 2 * Pages.SIZE, 3 * Pages.SIZE))
                    .containsOnly(0x5a);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 4095, 4096, 4097, 5 * 4096 + 100})
    void theLastPartPageIsADevicesToo(int size) throws Exception {
        try (BlockDevice device = open(size)) {
            byte[] bytes = new byte[size];
            new Random(size).nextBytes(bytes);
            write(device, 0, bytes);
            assertThat(read(device, 0, size, (byte) 0)).isEqualTo(bytes);
            assertThat(device.extent(0, size)).isEqualTo(size);
            device.discard(0, size);
            assertThat(read(device, 0, size, (byte) 1)).containsOnly(0);
            assertThat(device.extent(0, size)).isEqualTo(-size);
            assertThatThrownBy(() -> write(device, 1, bytes))
                    .isInstanceOf(BlockIoException.BadRequest.class);
        }
    }

    @Test
    void rangesOutsideTheDeviceAreRefusedAndChangeNothing() throws Exception {
        try (BlockDevice device = open(4 * Pages.SIZE)) {
            MemorySegment buffer = MemorySegment.ofArray(new byte[8 * Pages.SIZE]);
            long[][] ranges = {
                {-1, 1}, {4 * Pages.SIZE, 1}, {4 * Pages.SIZE - 1, 2}, {Long.MAX_VALUE, 1}, {0, -1}
            };
            for (long[] range : ranges) {
                int length = (int) range[1];
                assertThatThrownBy(() -> device.read(range[0], buffer, 0, length))
                        .isInstanceOf(BlockIoException.BadRequest.class);
                assertThatThrownBy(() -> device.write(range[0], buffer, 0, length))
                        .isInstanceOf(BlockIoException.BadRequest.class);
                assertThatThrownBy(() -> device.discard(range[0], range[1]))
                        .isInstanceOf(BlockIoException.BadRequest.class);
                assertThatThrownBy(() -> device.writeZeroes(range[0], range[1]))
                        .isInstanceOf(BlockIoException.BadRequest.class);
            }
            assertThatThrownBy(() -> device.write(0, buffer, 8 * Pages.SIZE - 1, 2))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(device.extent(0, 4 * Pages.SIZE)).isEqualTo(-4 * Pages.SIZE);
        }
    }

    @Test
    void aZeroLengthRequestDoesNothing() throws Exception {
        try (BlockDevice device = open(Pages.SIZE)) {
            MemorySegment buffer = MemorySegment.ofArray(new byte[0]);
            device.read(Pages.SIZE, buffer, 0, 0);
            device.write(Pages.SIZE, buffer, 0, 0);
            device.discard(0, 0);
            device.writeZeroes(Pages.SIZE, 0);
            assertThat(device.extent(0, Pages.SIZE)).isEqualTo(-Pages.SIZE);
        }
    }

    @Test
    void extentsTellDataFromHoles() throws Exception {
        try (BlockDevice device = open(8 * Pages.SIZE)) {
            write(device, 2 * Pages.SIZE, new byte[] {1});
            device.writeZeroes(3 * Pages.SIZE, Pages.SIZE);
            assertThat(device.extent(0, 8 * Pages.SIZE)).isEqualTo(-2 * Pages.SIZE);
            assertThat(device.extent(2 * Pages.SIZE, 6 * Pages.SIZE)).isEqualTo(2 * Pages.SIZE);
            assertThat(device.extent(2 * Pages.SIZE + 5, 100)).isEqualTo(100);
            assertThat(device.extent(4 * Pages.SIZE, 4 * Pages.SIZE)).isEqualTo(-4 * Pages.SIZE);
            device.discard(2 * Pages.SIZE, 2 * Pages.SIZE);
            assertThat(device.extent(0, 8 * Pages.SIZE)).isEqualTo(-8 * Pages.SIZE);
        }
    }

    @Test
    void aClosedDeviceRefusesRequests() throws Exception {
        BlockDevice device = open(Pages.SIZE);
        device.close();
        assertThatThrownBy(() -> read(device, 0, 1, (byte) 0))
                .isInstanceOf(BlockIoException.BadRequest.class);
        assertThatThrownBy(() -> device.extent(0, 1))
                .isInstanceOf(BlockIoException.BadRequest.class);
    }

    /** Random requests of every alignment against a plain array. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 777})
    void aDeviceBehavesAsAnArrayOfItsSize(int tail) throws Exception {
        Random random = new Random(seed());
        int size = 48 * Pages.SIZE + tail;
        byte[] model = new byte[size];
        List<byte[]> samples = SamplePages.all();
        try (BlockDevice device = open(size);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(9 * Pages.SIZE);
            for (int i = 0; i < 8_000; i++) {
                int length = length(random);
                int offset = offset(random, size - length);
                int at = random.nextInt(Pages.SIZE);
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> {
                        byte[] bytes = content(random, samples, length);
                        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, at, length);
                        device.write(offset, buffer, at, length);
                        System.arraycopy(bytes, 0, model, offset, length);
                    }
                    case 4 -> {
                        device.discard(offset, length);
                        Arrays.fill(model, offset, offset + length, (byte) 0);
                    }
                    case 5 -> {
                        device.writeZeroes(offset, length);
                        Arrays.fill(model, offset, offset + length, (byte) 0);
                    }
                    default -> {
                        device.read(offset, buffer, at, length);
                        byte[] got = new byte[length];
                        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, at, got, 0, length);
                        assertThat(got)
                                .as("request %d: offset=%d length=%d", i, offset, length)
                                .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
                    }
                }
            }
            assertThat(read(device, 0, size, (byte) 9)).isEqualTo(model);
        }
    }

    private static int length(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(64);
            case 1 -> Pages.SIZE;
            case 2 -> Pages.SIZE * (1 + random.nextInt(8));
            default -> 1 + random.nextInt(8 * Pages.SIZE);
        };
    }

    private static int offset(Random random, int max) {
        int offset = random.nextInt(max + 1);
        return random.nextBoolean() ? offset & -Pages.SIZE : offset;
    }

    private static byte[] content(Random random, List<byte[]> samples, int length) {
        byte[] bytes = new byte[length];
        switch (random.nextInt(4)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> {
                byte[] word = new byte[8];
                random.nextBytes(word);
                for (int i = 0; i < length; i++) {
                    bytes[i] = word[i & 7];
                }
            }
            default -> {
                for (int i = 0; i < length; i += Pages.SIZE) {
                    byte[] page = samples.get(random.nextInt(samples.size()));
                    System.arraycopy(page, 0, bytes, i, Math.min(Pages.SIZE, length - i));
                }
            }
        }
        return bytes;
    }

    /** Writes the whole array. */
    protected static void write(BlockDevice device, long offset, byte[] bytes) {
        device.write(offset, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    /** Reads into an array that held {@code before}. */
    protected static byte[] read(BlockDevice device, long offset, int length, byte before) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, before);
        device.read(offset, MemorySegment.ofArray(bytes), 0, length);
        return bytes;
    }
}
