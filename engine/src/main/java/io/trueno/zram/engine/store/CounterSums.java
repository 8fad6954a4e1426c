package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;
import java.util.ArrayList;
import java.util.List;

/** The lanes' counters, added up, and what follows from them. */
final class CounterSums {
    private final long[] sums = new long[Counters.COUNT];

    CounterSums(Lane[] lanes) {
        for (Lane lane : lanes) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += lane.counters.get(i);
            }
        }
    }

    long get(int counter) {
        return sums[counter];
    }

    private long pages(int kind) {
        return sums[Counters.PAGES + kind];
    }

    private long bytes(int kind) {
        return sums[Counters.BYTES + kind];
    }

    long storedBytes() {
        long pages = 0;
        for (int kind = 0; kind < PageEntry.KINDS; kind++) {
            pages += pages(kind);
        }
        return pages << Pages.SHIFT;
    }

    /**
     * As zram counts: same-filled pages take none, whatever keeps their word, and pages that are
     * written back none either.
     */
    long compressedBytes() {
        long bytes = 0;
        for (int kind = 0; kind < PageEntry.KINDS; kind++) {
            bytes += bytes(kind);
        }
        return bytes - bytes(PageEntry.WORD) - bytes(PageEntry.BACKED);
    }

    long samePages() {
        return pages(PageEntry.FILL) + pages(PageEntry.WORD);
    }

    long backedPages() {
        return pages(PageEntry.BACKED);
    }

    long hugePages() {
        return pages(PageEntry.RAW);
    }

    /** One for every way in which pages are stored. */
    List<CodecShare> codecs() {
        List<CodecShare> shares = new ArrayList<>();
        shares.add(new CodecShare("same-fill", samePages(), bytes(PageEntry.WORD)));
        for (int kind = 0; kind < PageEntry.KINDS; kind++) {
            String codec = PageEntry.codecOf(kind);
            if (codec != null) {
                shares.add(new CodecShare(codec, pages(kind), bytes(kind)));
            }
        }
        return shares;
    }
}
