package io.trueno.zram.engine.codec.zstd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Sets of entropy tables that come with the engine, so that none is built or sent for a page. Each
 * set is a dictionary in the format of RFC 8878, section 5, whose content is nothing that a page
 * would refer to: the reference library reads what was written with it. Immutable, for any number
 * of threads.
 *
 * <p>{@link StaticTablesTrainer} makes them. A set that has been released is never changed, since
 * stores hold pages that need it.
 */
public final class StaticTables {
    /** Dictionary id of set 0, which does not exist: sets are numbered from 1. */
    static final int FIRST_ID = 0xC0D0;

    /** The sets that pages are written with. */
    private static final int SHIPPED = 6;

    /** Literals that a choice looks at, about. */
    private static final int SAMPLE_SHIFT = 6;

    /** More bits than this per literal, in sixteenths, are not worth coding. */
    private static final int WORTH_CODING = 16 * 8 - 6;

    /** Code lengths of all sets side by side in a word, with room for the sum of a sample. */
    private static final int FIELD_BITS = 10;

    private static final int FIELDS = Long.SIZE / FIELD_BITS;

    private static final class Shipped {
        static final StaticTables INSTANCE = readResources();
    }

    private final List<PreparedDictionary> sets;

    /** By literal: the length of its code in each set. */
    private final long[] lengths = new long[256];

    private StaticTables(List<PreparedDictionary> sets) {
        this.sets = sets;
        for (int i = 0; i < sets.size(); i++) {
            long[] codes = sets.get(i).literalCodes;
            for (int s = 0; s < lengths.length; s++) {
                lengths[s] |= (codes[s] & 0xFFL) << (i * FIELD_BITS);
            }
        }
    }

    /** Those that come with the engine. */
    public static StaticTables shipped() {
        return Shipped.INSTANCE;
    }

    /**
     * Other ones, as {@link StaticTablesTrainer} makes them.
     *
     * @throws io.trueno.zram.engine.CorruptPageException if they are not dictionaries
     * @throws IllegalArgumentException if there are none or more than six, or they do not have the
     *     ids of numbers 1, 2 and so on, or have no code for something that a page can have
     */
    public static StaticTables of(List<byte[]> dictionaries) {
        if (dictionaries.isEmpty() || dictionaries.size() > FIELDS) {
            throw new IllegalArgumentException(
                    "static tables are 1 to " + FIELDS + " sets: sets=" + dictionaries.size());
        }
        List<PreparedDictionary> sets = new ArrayList<>();
        for (byte[] dictionary : dictionaries) {
            PreparedDictionary set = PreparedDictionary.of(ZstdDictionary.parse(dictionary));
            if (set.id != FIRST_ID + sets.size() + 1) {
                throw new IllegalArgumentException(
                        "the dictionary of set "
                                + (sets.size() + 1)
                                + " has another id: "
                                + set.id);
            }
            if (set.sequences == null || Arrays.stream(set.literalCodes).anyMatch(c -> c == 0)) {
                throw new IllegalArgumentException(
                        "set " + (sets.size() + 1) + " has no code for something");
            }
            sets.add(set);
        }
        return new StaticTables(List.copyOf(sets));
    }

    private static StaticTables readResources() {
        List<byte[]> dictionaries = new ArrayList<>();
        for (int number = 1; number <= SHIPPED; number++) {
            String name = "static-" + number + ".dictionary";
            try (InputStream in = StaticTables.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IOException("missing resource " + name);
                }
                dictionaries.add(in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return of(dictionaries);
    }

    /** How many sets there are. */
    int count() {
        return sets.size();
    }

    /** A set by its index, which is its number less one. */
    PreparedDictionary set(int index) {
        return sets.get(index);
    }

    /** How a set codes sequences. */
    SequenceStream sequences(int index) {
        return Objects.requireNonNull(set(index).sequences);
    }

    /**
     * Chooses the set that suits literals best, by a sample of them.
     *
     * @return its index; or the complement ({@code ~}) of its index if even its codes are not worth
     *     it
     */
    int choose(byte[] literals, int count) {
        int step = (count >> SAMPLE_SHIFT) + 1;
        long sums = 0;
        int sampled = 0;
        for (int i = 0; i < count; i += step) {
            sums += lengths[literals[i] & 0xFF];
            sampled++;
        }
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < sets.size(); i++) {
            long sum = (sums >>> (i * FIELD_BITS)) & ((1 << FIELD_BITS) - 1);
            if (sum < least) {
                least = sum;
                best = i;
            }
        }
        return least * 16 <= WORTH_CODING * (long) sampled ? best : ~best;
    }
}
