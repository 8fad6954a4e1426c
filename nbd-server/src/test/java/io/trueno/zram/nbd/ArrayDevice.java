package io.trueno.zram.nbd;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The plainest device: an array, with the pages that were written noted. */
final class ArrayDevice implements BlockDevice {
    private final MemorySegment bytes;
    private final long size;
    private final BitSet written = new BitSet();
    private volatile @Nullable Throwable failure;

    ArrayDevice(int size) {
        this.size = size;
        this.bytes = MemorySegment.ofArray(new byte[size]);
    }

    /** Every later request that touches data fails with this unchecked one; null ends it. */
    void failWith(@Nullable Throwable next) {
        failure = next;
    }

    synchronized int writtenPages() {
        return written.cardinality();
    }

    private void failIfAsked() {
        switch (failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {}
        }
    }

    private void check(long offset, long length) {
        failIfAsked();
        if (offset < 0 || length < 0 || length > size - offset) {
            throw new BlockIoException.BadRequest("offset=" + offset + " length=" + length);
        }
    }

    @Override
    public long sizeBytes() {
        return size;
    }

    @Override
    public synchronized void read(
            long offset, MemorySegment target, long targetOffset, int length) {
        check(offset, length);
        MemorySegment.copy(bytes, offset, target, targetOffset, length);
    }

    @Override
    public synchronized void write(
            long offset, MemorySegment source, long sourceOffset, int length) {
        check(offset, length);
        MemorySegment.copy(source, sourceOffset, bytes, offset, length);
        mark(offset, length, true);
    }

    @Override
    public synchronized void discard(long offset, long length) {
        writeZeroes(offset, length);
        long first = (offset + Pages.SIZE - 1) / Pages.SIZE * Pages.SIZE;
        long end = (offset + length) / Pages.SIZE * Pages.SIZE;
        if (first < end) {
            mark(first, end - first, false);
        }
    }

    @Override
    public synchronized void writeZeroes(long offset, long length) {
        check(offset, length);
        bytes.asSlice(offset, length).fill((byte) 0);
        mark(offset, length, true);
    }

    private void mark(long offset, long length, boolean value) {
        written.set(
                (int) (offset / Pages.SIZE),
                (int) ((offset + length + Pages.SIZE - 1) / Pages.SIZE),
                value);
    }

    @Override
    public void flush() {
        failIfAsked();
    }

    @Override
    public synchronized long extent(long offset, long length) {
        check(offset, length);
        int page = (int) (offset / Pages.SIZE);
        boolean data = written.get(page);
        int next = data ? written.nextClearBit(page) : written.nextSetBit(page);
        long end = next < 0 ? Long.MAX_VALUE : (long) next * Pages.SIZE;
        long run = Math.min(length, end - offset);
        return data ? run : -run;
    }

    /** The byte at {@code offset}, for tests. */
    byte at(long offset) {
        return bytes.get(ValueLayout.JAVA_BYTE, offset);
    }

    @Override
    public void close() {}
}
