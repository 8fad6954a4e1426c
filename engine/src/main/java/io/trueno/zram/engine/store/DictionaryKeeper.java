package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.DictionaryTrainer.DictionaryTrainingException;
import io.trueno.zram.engine.DictionaryVerdict;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.PageCodec;
import io.trueno.zram.engine.codec.PageCodecs;
import io.trueno.zram.engine.codec.zstd.DictionaryTables;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The life of dictionaries: trains them on live pages, judges them on others, keeps those that pay,
 * says which one to use where, and drops those that no page needs.
 *
 * <p>Pages of one program lie near each other and are like each other, and one dictionary for
 * several programs gains little. So a dictionary is trained on pages of one neighbourhood, and each
 * region of {@value #REGION} pages uses the one that was best on a few of its pages, or none.
 *
 * <p>For one thread at a time, which holds no lane.
 */
final class DictionaryKeeper {
    static final int REGION = 256;

    /** More gains nothing net on pages of 4 KiB (engine/README.md, "Dictionaries"). */
    private static final int DICTIONARY_BYTES = 16 << 10;

    private static final int SAMPLED_PAGES = 1024;

    /** Fewer pages teach nothing. */
    private static final int LEAST_SAMPLED_PAGES = 256;

    /** Blocks of so many sampled pages serve to train and to judge in turn. */
    private static final int BLOCK = 16;

    private static final int PAGES_PER_CHOICE = 8;

    /** A dictionary that gains this much, in thousandths, suits a region; else another may. */
    private static final int SUITS_PER_MILLE = 40;

    /** Regions looked at to find one that no dictionary suits, or to see whom one serves. */
    private static final int REGIONS_LOOKED_AT = 64;

    private static final byte UNKNOWN = -2;
    private static final byte NO_DICTIONARY = -1;

    private final PageTable table;
    private final Dictionaries dictionaries;
    private final Epochs epochs;
    private final PageIo io;
    private final Lane lane;
    private final PageRepacker repacker;
    private final PageCodec without;
    private final @Nullable DictionaryTrainer trainer;
    private final Random random = new Random(1);
    private final MemorySegment sample =
            Arena.ofAuto().allocate((long) SAMPLED_PAGES * Pages.SIZE, 64);
    private final byte[] packed = new byte[PageCodec.PACKED_CAPACITY];
    private byte[] choices;

    /** Regions whose dictionary suits them, or that none could be made for. */
    private final BitSet served = new BitSet();

    /** Dictionaries not to be used for any more pages. */
    private final BitSet retired = new BitSet();

    DictionaryKeeper(
            PageTable table,
            Dictionaries dictionaries,
            Epochs epochs,
            PageIo io,
            Lane lane,
            PageRepacker repacker,
            SimdBackend backend,
            @Nullable DictionaryTrainer trainer) {
        this.table = table;
        this.dictionaries = dictionaries;
        this.epochs = epochs;
        this.io = io;
        this.lane = lane;
        this.repacker = repacker;
        this.trainer = trainer;
        without = PageCodecs.createForStore(Algorithm.zstd(3), backend);
        choices = new byte[regions(table.pages())];
        Arrays.fill(choices, UNKNOWN);
    }

    /** How many regions a device of so many pages has. */
    static int regions(long pages) {
        return Math.toIntExact((pages + REGION - 1) / REGION);
    }

    /** The dictionary for a page; null for none. */
    @Nullable StoreDictionary choose(long page) {
        int region = (int) (page / REGION);
        if (region >= choices.length) {
            return null; // the device has just grown
        }
        if (choices[region] == UNKNOWN) {
            choices[region] = (byte) bestOf(region);
        }
        return dictionaries.get(choices[region]);
    }

    /** Forgets which dictionaries suit which regions: their pages have changed. */
    void forget() {
        choices = new byte[regions(table.pages())];
        Arrays.fill(choices, UNKNOWN);
        served.clear();
    }

    /**
     * Trains one dictionary for pages that no dictionary suits, and keeps it if it pays.
     *
     * @param livePages how many pages might use it at most
     * @param level of the encoder that pages will be packed with
     * @return the verdict; null if there is nobody to train, no room or nothing to learn from
     */
    @Nullable DictionaryVerdict improve(long livePages, int level) {
        if (trainer == null) {
            return null;
        }
        int region = unservedRegion();
        if (region < 0) {
            return null;
        }
        served.set(region); // one attempt
        int pages = sampleFrom((long) region * REGION, table.pages(), 1, SAMPLED_PAGES);
        if (pages < LEAST_SAMPLED_PAGES) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment taught = arena.allocate(sample.byteSize(), 64);
            MemorySegment judged = arena.allocate(sample.byteSize(), 64);
            int count = split(pages, taught, judged);
            byte[] bytes = trainer.train(taught, count, DICTIONARY_BYTES);
            byte[] fitted = DictionaryTables.fit(bytes, level, taught, count);
            return judge(fitted, judged, pages - count, livePages);
        } catch (DictionaryTrainingException e) {
            return null;
        } catch (CorruptPageException | IllegalArgumentException e) {
            return null; // not a dictionary that pages can be packed with
        }
    }

    private int split(int pages, MemorySegment taught, MemorySegment judged) {
        int count = 0;
        int rest = 0;
        for (int i = 0; i < pages; i++) {
            boolean teaches = i / BLOCK % 2 == 0;
            int to = teaches ? count++ : rest++;
            MemorySegment.copy(
                    sample,
                    (long) i * Pages.SIZE,
                    teaches ? taught : judged,
                    (long) to * Pages.SIZE,
                    Pages.SIZE);
        }
        return count;
    }

    /** Adopts a dictionary, sees what it does, and drops it again if that is too little. */
    private @Nullable DictionaryVerdict judge(
            byte[] bytes, MemorySegment judged, int count, long livePages) {
        makeRoomForOne();
        int number = dictionaries.adopt(bytes);
        StoreDictionary dictionary = dictionaries.get(number);
        if (dictionary == null) {
            return null; // every number is in use, or there is no memory
        }
        retired.clear(number);
        long before = 0;
        long after = 0;
        for (int i = 0; i < count; i++) {
            int plain = plainBytes(judged, i);
            before += plain;
            after += Math.min(plain, bytesWith(dictionary, judged, i));
        }
        long servedPages = Math.max(count, Math.round(livePages * shareServed(dictionary)));
        DictionaryVerdict verdict =
                DictionaryVerdict.of(before, after, count, bytes.length, servedPages);
        if (verdict.accepted()) {
            Arrays.fill(choices, UNKNOWN);
        } else {
            dictionaries.drop(number);
        }
        return verdict;
    }

    /** The share of regions that a dictionary is better for than what they use now. */
    private double shareServed(StoreDictionary dictionary) {
        int better = 0;
        int looked = 0;
        for (int i = 0; i < REGIONS_LOOKED_AT; i++) {
            int region = random.nextInt(choices.length);
            int pages = sampleRegion(region);
            if (pages > 0) {
                looked++;
                StoreDictionary now = dictionaries.get(choices[region]);
                long with = 0;
                long present = 0;
                for (int p = 0; p < pages; p++) {
                    int plain = plainBytes(sample, p);
                    with += Math.min(plain, bytesWith(dictionary, sample, p));
                    present += now == null ? plain : Math.min(plain, bytesWith(now, sample, p));
                }
                better += with * 1000 < present * (1000 - SUITS_PER_MILLE) ? 1 : 0;
            }
        }
        return looked == 0 ? 0 : (double) better / looked;
    }

    private int unservedRegion() {
        for (int i = 0; i < REGIONS_LOOKED_AT; i++) {
            int region = random.nextInt(choices.length);
            if (!served.get(region)) {
                choose((long) region * REGION);
                if (!served.get(region)) {
                    return region;
                }
            }
        }
        return served.nextClearBit(0) < choices.length ? served.nextClearBit(0) : -1;
    }

    /** The number of the dictionary that is best for a few pages of a region. */
    private int bestOf(int region) {
        int pages = sampleRegion(region);
        long plain = 0;
        for (int p = 0; p < pages; p++) {
            plain += plainBytes(sample, p);
        }
        int best = NO_DICTIONARY;
        long least = plain;
        for (int number = 0; number < Dictionaries.MOST; number++) {
            StoreDictionary dictionary = retired.get(number) ? null : dictionaries.get(number);
            if (dictionary != null) {
                long bytes = 0;
                for (int p = 0; p < pages; p++) {
                    bytes += bytesWith(dictionary, sample, p);
                }
                if (bytes < least) {
                    least = bytes;
                    best = number;
                }
            }
        }
        if (pages == 0 || least * 1000 <= plain * (1000 - SUITS_PER_MILLE)) {
            served.set(region);
        }
        return best;
    }

    private int sampleRegion(int region) {
        long from = (long) region * REGION;
        long end = Math.min(from + REGION, table.pages());
        return sampleFrom(from, end, REGION / PAGES_PER_CHOICE, PAGES_PER_CHOICE);
    }

    /** Reads every {@code stride}-th compressible page into the sample; gives their number. */
    private int sampleFrom(long from, long end, int stride, int most) {
        int count = 0;
        for (long page = from; page < end && count < most; page += stride) {
            epochs.enter(lane.number);
            try {
                long entry = table.get(page);
                if (PageEntry.isSlot(entry)
                        && PageEntry.kind(entry) != PageEntry.WORD
                        && PageEntry.kind(entry) != PageEntry.RAW) {
                    io.read(lane, page, entry, sample, (long) count * Pages.SIZE);
                    count++;
                }
            } catch (BlockIoException.StoreFailure e) {
                // a damaged page teaches nothing; whoever reads it will be told
            } finally {
                epochs.exit(lane.number);
            }
        }
        return count;
    }

    private int plainBytes(MemorySegment pages, int page) {
        int length = without.compress(pages, (long) page * Pages.SIZE, packed);
        return length == PageCodec.INCOMPRESSIBLE ? Pages.SIZE : length;
    }

    private int bytesWith(StoreDictionary dictionary, MemorySegment pages, int page) {
        int length = repacker.encodeQuickly(dictionary, pages, (long) page * Pages.SIZE, packed);
        return length == PageCodec.INCOMPRESSIBLE ? Pages.SIZE : length;
    }

    /** Retires the dictionary with the fewest users when every number is taken. */
    private void makeRoomForOne() {
        if (dictionaries.count() < Dictionaries.MOST) {
            return;
        }
        long[] users = users();
        int fewest = -1;
        for (int number = 0; number < users.length; number++) {
            if (!retired.get(number) && (fewest < 0 || users[number] < users[fewest])) {
                fewest = number;
            }
        }
        if (fewest >= 0) {
            retired.set(fewest);
            Arrays.fill(choices, UNKNOWN);
        }
        dropUnused(users);
    }

    /** Drops dictionaries that no page needs. Called when each had the chance to be used. */
    void dropUnused() {
        if (dictionaries.count() > 0) {
            dropUnused(users());
        }
    }

    private void dropUnused(long[] users) {
        boolean waited = false;
        for (int number = 0; number < users.length; number++) {
            if (users[number] == 0 && dictionaries.isTaken(number)) {
                if (!waited) {
                    epochs.awaitQuiescence();
                    waited = true;
                }
                dictionaries.drop(number);
                retired.clear(number);
                Arrays.fill(choices, UNKNOWN);
            }
        }
    }

    /**
     * How many pages need each dictionary. None can gain users meanwhile: only the caller's thread
     * packs with dictionaries.
     */
    private long[] users() {
        long[] users = new long[Dictionaries.MOST];
        long page = 0;
        while (page < table.pages()) {
            epochs.enter(lane.number);
            try {
                long end = Math.min(page + REGION, table.pages());
                while (page < end) {
                    io.countDictionaryUser(page++, users);
                }
            } finally {
                epochs.exit(lane.number);
            }
        }
        return users;
    }
}
