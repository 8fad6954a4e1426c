package io.trueno.zram.nbd;

import java.util.concurrent.atomic.LongAdder;

/** The counters of one export. Thread-safe; adding neither locks nor allocates. */
final class NbdCounters {
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder readRequests = new LongAdder();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder writeRequests = new LongAdder();
    private final LongAdder writeBytes = new LongAdder();
    private final LongAdder discardRequests = new LongAdder();
    private final LongAdder discardBytes = new LongAdder();
    private final LongAdder otherRequests = new LongAdder();
    private final LongAdder invalidRequests = new LongAdder();
    private final LongAdder failedReads = new LongAdder();
    private final LongAdder failedWrites = new LongAdder();

    void opened() {
        opened.increment();
    }

    void closed() {
        closed.increment();
    }

    void executed(NbdCommand command, long length) {
        switch (command) {
            case READ -> {
                readRequests.increment();
                readBytes.add(length);
            }
            case WRITE -> {
                writeRequests.increment();
                writeBytes.add(length);
            }
            case TRIM, WRITE_ZEROES -> {
                discardRequests.increment();
                discardBytes.add(length);
            }
            case FLUSH, CACHE, BLOCK_STATUS, DISCONNECT -> otherRequests.increment();
        }
    }

    void refused() {
        invalidRequests.increment();
    }

    void failed(NbdCommand command) {
        (command.changesTheDevice() ? failedWrites : failedReads).increment();
    }

    NbdStatistics snapshot() {
        long total = opened.sum();
        return new NbdStatistics(
                total - closed.sum(),
                total,
                readRequests.sum(),
                readBytes.sum(),
                writeRequests.sum(),
                writeBytes.sum(),
                discardRequests.sum(),
                discardBytes.sum(),
                otherRequests.sum(),
                invalidRequests.sum(),
                failedReads.sum(),
                failedWrites.sum());
    }
}
