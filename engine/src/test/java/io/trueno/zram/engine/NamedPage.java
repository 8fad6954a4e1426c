package io.trueno.zram.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A page with a name for test reports: real ones, and those at the edges of the formats. */
public final class NamedPage {
    private final String name;
    private final byte[] bytes;

    public NamedPage(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /** What the page is, or its file and index in it. */
    public String name() {
        return name;
    }

    /** The page's bytes, shared: not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** Every page of the sample, named by file and index. */
    public static List<NamedPage> samples() {
        List<NamedPage> pages = new ArrayList<>();
        for (Path file : SamplePages.files()) {
            List<byte[]> content = SamplePages.of(file);
            for (int i = 0; i < content.size(); i++) {
                pages.add(new NamedPage(file.getFileName() + "#" + i, content.get(i)));
            }
        }
        return pages;
    }

    /** Pages that no program may ever hold and that every codec must get right. */
    public static List<NamedPage> edges() {
        List<NamedPage> pages = new ArrayList<>();
        pages.add(filled("zeros", 0));
        pages.add(filled("ones", -1));
        pages.add(new NamedPage("random", random(1)));
        for (int period = 1; period <= 64; period++) {
            pages.add(periodic(period));
        }
        for (int ends : new int[] {1, 4, 5, 6, 11, 12, 13, 14, 20, 64}) {
            pages.add(randomTail(ends));
            pages.add(randomHead(ends));
            pages.add(equalEnds(ends));
        }
        for (int literals : new int[] {14, 15, 16, 269, 270, 271, 524, 525, 526, 1500}) {
            pages.add(literalRuns(literals));
        }
        for (int count : new int[] {512, 448, 128, 80, 65, 64, 63}) {
            pages.add(pointers(count));
        }
        for (int length : new int[] {16, 23, 24, 25, 32, 33, 40}) {
            pages.add(pointersAndRuns(length));
        }
        return pages;
    }

    /** {@link #edges} and {@link #samples}. */
    public static Stream<NamedPage> all() {
        return Stream.concat(edges().stream(), samples().stream());
    }

    private static NamedPage filled(String name, int value) {
        byte[] bytes = new byte[Pages.SIZE];
        Arrays.fill(bytes, (byte) value);
        return new NamedPage(name, bytes);
    }

    private static NamedPage periodic(int period) {
        byte[] unit = random(100 + period);
        byte[] bytes = new byte[Pages.SIZE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = unit[i % period];
        }
        return new NamedPage("period " + period, bytes);
    }

    private static NamedPage randomTail(int length) {
        byte[] bytes = new byte[Pages.SIZE];
        System.arraycopy(random(200 + length), 0, bytes, Pages.SIZE - length, length);
        return new NamedPage("zeros, then " + length + " random", bytes);
    }

    private static NamedPage randomHead(int length) {
        byte[] bytes = new byte[Pages.SIZE];
        System.arraycopy(random(300 + length), 0, bytes, 0, length);
        return new NamedPage(length + " random, then zeros", bytes);
    }

    private static NamedPage equalEnds(int length) {
        byte[] bytes = random(400 + length);
        System.arraycopy(bytes, 0, bytes, Pages.SIZE - length, length);
        return new NamedPage("random, first " + length + " equal to last", bytes);
    }

    private static NamedPage literalRuns(int length) {
        byte[] bytes = random(500 + length);
        for (int i = length; i + 24 < Pages.SIZE; i += length + 24) {
            Arrays.fill(bytes, i, i + 24, (byte) 7);
        }
        return new NamedPage("runs of " + length + " random between fills", bytes);
    }

    /** Addresses that differ in a byte or two, each a short match of the one before; then zeros. */
    private static NamedPage pointers(int count) {
        byte[] bytes = new byte[Pages.SIZE];
        Random random = new Random(600 + count);
        for (int i = 0; i < count; i++) {
            int address = 8 * i;
            bytes[address] = (byte) random.nextInt();
            bytes[address + 1] = (byte) (random.nextInt(8) / 7 * random.nextInt());
            bytes[address + 4] = (byte) 0xC0;
            bytes[address + 5] = 0x7F;
        }
        return new NamedPage(count + " pointers, then zeros", bytes);
    }

    /** Many short matches first, then again and again a run that is new and one seen before. */
    private static NamedPage pointersAndRuns(int length) {
        byte[] bytes = pointers(448).bytes();
        byte[] runs = random(700 + length);
        for (int at = 1024; at + 64 + 2 * length < Pages.SIZE; at += 64 + 2 * length) {
            System.arraycopy(runs, at, bytes, at, length);
            System.arraycopy(runs, 1024, bytes, at + length, length);
        }
        return new NamedPage("pointers and runs of " + length, bytes);
    }

    private static byte[] random(long seed) {
        byte[] bytes = new byte[Pages.SIZE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return name;
    }
}
