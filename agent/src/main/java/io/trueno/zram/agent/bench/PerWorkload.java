package io.trueno.zram.agent.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One subject per workload behind a single line: pages of a workload go to the subject that has its
 * dictionary. The workload's number goes along as the packed page's tag.
 */
final class PerWorkload implements CodecSubject {
    private final List<CodecSubject> subjects;
    private final long[] ends;

    /**
     * @param subjects one per workload, alike but for the dictionary
     * @param ends per workload the offset in bytes behind its last page
     */
    PerWorkload(List<CodecSubject> subjects, long[] ends) {
        this.subjects = List.copyOf(subjects);
        this.ends = ends.clone();
    }

    @Override
    public Identity identity() {
        return subjects.getFirst().identity();
    }

    @Override
    public int compress(MemorySegment pages, long offset, byte[] heapPage, byte[] packed) {
        int workload = 0;
        while (offset >= ends[workload]) {
            workload++;
        }
        int length = subjects.get(workload).compress(pages, offset, heapPage, packed);
        packed[TAG] = (byte) workload;
        return length;
    }

    @Override
    public void decompress(byte[] packed, int length, MemorySegment target, byte[] heapTarget) {
        subjects.get(packed[TAG]).decompress(packed, length, target, heapTarget);
    }

    @Override
    public boolean writesHeap() {
        return subjects.getFirst().writesHeap();
    }
}
