package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Pages that no program ever had, of the kinds that compression is often advertised with. They are
 * here to show what such figures are worth, beside real pages.
 */
public enum SyntheticPages {
    /** Nothing but zeros: no store hands such a page to a codec. */
    ZEROS("Zeros"),

    /** One sentence of 45 bytes over and over. */
    TEXT("Repeated text"),

    /** A quarter each of zeros, noise, a ramp of 16 bytes and repeated prose. */
    MIXED("Mixed"),

    /** Noise. */
    RANDOM("Random");

    /** Pages of one kind: as many as the tables of this kind use. */
    public static final int COUNT = 1000;

    private static final int RAMP = 16;

    private final String title;

    SyntheticPages(String title) {
        this.title = title;
    }

    /** The kind's name for people. */
    public String title() {
        return title;
    }

    /** {@link #COUNT} pages of this kind, the same every time. */
    public PageSet pages() {
        MemorySegment memory = Arena.global().allocate((long) COUNT * Pages.SIZE, 64);
        for (int i = 0; i < COUNT; i++) {
            MemorySegment.copy(
                    MemorySegment.ofArray(page(i)), 0, memory, (long) i * Pages.SIZE, Pages.SIZE);
        }
        return new PageSet(memory, COUNT);
    }

    private byte[] page(int i) {
        return switch (this) {
            case ZEROS -> new byte[Pages.SIZE];
            case TEXT -> repeated("Pages of memory come and go, and come again. ");
            case MIXED -> mixed(i);
            case RANDOM -> random(i);
        };
    }

    private static byte[] mixed(int i) {
        return switch (i % 4) {
            case 0 -> new byte[Pages.SIZE];
            case 1 -> random(i);
            case 2 -> ramp();
            default ->
                    repeated(
                            "A page that is written once is read many times, and one that is never"
                                    + " read was written in vain. ");
        };
    }

    private static byte[] ramp() {
        byte[] bytes = new byte[Pages.SIZE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i % RAMP);
        }
        return bytes;
    }

    private static byte[] random(int seed) {
        byte[] bytes = new byte[Pages.SIZE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] repeated(String text) {
        byte[] unit = text.getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[Pages.SIZE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = unit[i % unit.length];
        }
        return bytes;
    }
}
