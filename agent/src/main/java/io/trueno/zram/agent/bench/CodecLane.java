package io.trueno.zram.agent.bench;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.codec.PageCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/** One thread's share of the pages and its own subjects, with what it has measured so far. */
final class CodecLane {
    enum Mode {
        /** Round trips compared, both ways with the reference. */
        VERIFY,
        /** Not recorded. */
        WARM_UP,
        /** A slice is timed as a whole. */
        THROUGHPUT,
        /** Every page is timed by itself. */
        LATENCY
    }

    private final PageSet pages;
    private final int firstPage;
    private final int endPage;
    private final List<CodecSubject> subjects;
    private final Tally[] tallies;
    private final byte[][] heapPages = new byte[CodecBench.SLICE][Pages.SIZE];
    private final byte[][][] packed;
    private final int[][] lengths;
    private final MemorySegment target = Arena.ofAuto().allocate(Pages.SIZE, 64);
    private final MemorySegment copy = Arena.ofAuto().allocate(Pages.SIZE, 64);
    private final byte[] heapTarget = new byte[Pages.SIZE];
    private int turn;

    /** What one subject has done. */
    private static final class Tally {
        long packedBytes;
        int roundTripFailures;
        int interopFailures;
        final Series compressNanos = new Series();
        final Series decompressNanos = new Series();
        long[] compressPageNanos = new long[0];
        long[] decompressPageNanos = new long[0];
    }

    CodecLane(PageSet pages, int lane, int lanes, List<CodecSubject> subjects) {
        this.pages = pages;
        this.firstPage = (int) ((long) pages.count() * lane / lanes);
        this.endPage = (int) ((long) pages.count() * (lane + 1) / lanes);
        this.subjects = subjects;
        this.tallies = new Tally[subjects.size()];
        this.packed = new byte[subjects.size()][CodecBench.SLICE][PageCodec.PACKED_CAPACITY + 1];
        this.lengths = new int[subjects.size()][CodecBench.SLICE];
        for (int s = 0; s < tallies.length; s++) {
            tallies[s] = new Tally();
            tallies[s].compressPageNanos = new long[endPage - firstPage];
            tallies[s].decompressPageNanos = new long[endPage - firstPage];
        }
    }

    int subjectCount() {
        return subjects.size();
    }

    void pass(Mode mode) {
        long[] compress = new long[subjects.size()];
        long[] decompress = new long[subjects.size()];
        for (int from = firstPage; from < endPage; from += CodecBench.SLICE) {
            int count = Math.min(CodecBench.SLICE, endPage - from);
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(
                        pages.memory(),
                        ValueLayout.JAVA_BYTE,
                        pages.offset(from + i),
                        heapPages[i],
                        0,
                        Pages.SIZE);
            }
            turn++;
            for (int k = 0; k < subjects.size(); k++) {
                int s = (k + turn) % subjects.size(); // nobody always goes first
                compress[s] += compressSlice(s, from, count, mode);
            }
            for (int k = 0; k < subjects.size(); k++) {
                int s = (k + turn) % subjects.size();
                decompress[s] += decompressSlice(s, from, count, mode);
            }
            if (mode == Mode.VERIFY) {
                verify(count);
            }
        }
        if (mode == Mode.THROUGHPUT) {
            for (int s = 0; s < subjects.size(); s++) {
                tallies[s].compressNanos.add(compress[s]);
                tallies[s].decompressNanos.add(decompress[s]);
            }
        }
    }

    private long compressSlice(int s, int from, int count, Mode mode) {
        CodecSubject subject = subjects.get(s);
        byte[][] out = packed[s];
        int[] length = lengths[s];
        long start = System.nanoTime();
        if (mode == Mode.LATENCY) {
            for (int i = 0; i < count; i++) {
                long t = System.nanoTime();
                length[i] =
                        subject.compress(
                                pages.memory(), pages.offset(from + i), heapPages[i], out[i]);
                tallies[s].compressPageNanos[from - firstPage + i] = System.nanoTime() - t;
            }
        } else {
            for (int i = 0; i < count; i++) {
                length[i] =
                        subject.compress(
                                pages.memory(), pages.offset(from + i), heapPages[i], out[i]);
            }
        }
        return System.nanoTime() - start;
    }

    private long decompressSlice(int s, int from, int count, Mode mode) {
        CodecSubject subject = subjects.get(s);
        byte[][] in = packed[s];
        int[] length = lengths[s];
        long start = System.nanoTime();
        if (mode == Mode.LATENCY) {
            for (int i = 0; i < count; i++) {
                long t = System.nanoTime();
                unpack(subject, in[i], length[i], from + i);
                tallies[s].decompressPageNanos[from - firstPage + i] = System.nanoTime() - t;
            }
        } else {
            for (int i = 0; i < count; i++) {
                unpack(subject, in[i], length[i], from + i);
            }
        }
        return System.nanoTime() - start;
    }

    /** An incompressible page is stored raw: reading it back is a copy, whoever the subject is. */
    private void unpack(CodecSubject subject, byte[] in, int length, int page) {
        if (length > 0) {
            subject.decompress(in, length, target, heapTarget);
        } else {
            MemorySegment.copy(pages.memory(), pages.offset(page), copy, 0, Pages.SIZE);
        }
    }

    private void verify(int count) {
        for (int s = 0; s < subjects.size(); s++) {
            for (int i = 0; i < count; i++) {
                int length = lengths[s][i];
                tallies[s].packedBytes += length > 0 ? length : Pages.SIZE;
                if (length <= 0) {
                    continue;
                }
                if (!decodes(subjects.get(s), packed[s][i], length, i)) {
                    tallies[s].roundTripFailures++;
                }
                for (int other = 0; other < subjects.size(); other++) {
                    if (other != s
                            && sameFormat(other, s)
                            && !decodes(subjects.get(other), packed[s][i], length, i)) {
                        tallies[s].interopFailures++;
                    }
                }
            }
        }
    }

    private boolean sameFormat(int a, int b) {
        String format = subjects.get(a).identity().format();
        return !format.equals(Algorithm.ADAPTIVE.zramName())
                && format.equals(subjects.get(b).identity().format());
    }

    private boolean decodes(CodecSubject subject, byte[] in, int length, int slicePage) {
        Arrays.fill(heapTarget, (byte) 0x55);
        target.fill((byte) 0x55);
        try {
            subject.decompress(in, length, target, heapTarget);
        } catch (RuntimeException rejected) {
            return false; // counted by the caller, whichever library rejects it
        }
        MemorySegment got = subject.writesHeap() ? MemorySegment.ofArray(heapTarget) : target;
        return got.mismatch(MemorySegment.ofArray(heapPages[slicePage])) < 0;
    }

    /** Joins what the lanes measured of subject {@code s}. */
    static CodecResult result(List<CodecLane> lanes, int s, PageSet pages) {
        CodecSubject.Identity id = lanes.getFirst().subjects.get(s).identity();
        long packedBytes = 0;
        int roundTripFailures = 0;
        int interopFailures = 0;
        double compress = 0;
        double decompress = 0;
        Series compressPages = new Series();
        Series decompressPages = new Series();
        for (CodecLane lane : lanes) {
            Tally tally = lane.tallies[s];
            int share = lane.endPage - lane.firstPage;
            packedBytes += tally.packedBytes;
            roundTripFailures += tally.roundTripFailures;
            interopFailures += tally.interopFailures;
            compress += CodecBench.gigabytesPerSecond(share, tally.compressNanos.percentile(50));
            decompress +=
                    CodecBench.gigabytesPerSecond(share, tally.decompressNanos.percentile(50));
            compressPages.addAll(tally.compressPageNanos);
            decompressPages.addAll(tally.decompressPageNanos);
        }
        return new CodecResult(
                id.codec(),
                id.implementation(),
                id.backend(),
                id.level(),
                id.dictionary(),
                id.policy(),
                lanes.size(),
                pages.count(),
                (double) pages.bytes() / packedBytes,
                compress,
                decompress,
                compressPages.percentile(50) / 1e3,
                compressPages.percentile(99) / 1e3,
                decompressPages.percentile(50) / 1e3,
                decompressPages.percentile(99) / 1e3,
                roundTripFailures,
                interopFailures);
    }
}
