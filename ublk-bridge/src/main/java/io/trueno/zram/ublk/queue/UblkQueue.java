package io.trueno.zram.ublk.queue;

import static io.trueno.zram.ublk.control.UblkAbi.IO_DESC;
import static io.trueno.zram.ublk.control.UblkAbi.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.ublk.control.DeviceInfo;
import io.trueno.zram.ublk.control.UblkAbi;
import io.trueno.zram.ublk.sys.Linux;
import io.trueno.zram.ublk.uring.Uring;
import java.lang.foreign.MemorySegment;

/**
 * Serves one queue of a device on the calling thread. Every tag has a command with the driver: it
 * completes when a request comes under that tag, and committing the result fetches the next one.
 * All requests that one wake-up brings are served and then committed with one system call.
 *
 * <p>Nothing is allocated after {@link #fetchAll}.
 */
final class UblkQueue implements AutoCloseable {
    /** The completion that tells the thread to leave; tags are below. */
    private static final long LEAVE = UblkAbi.UBLK_MAX_QUEUE_DEPTH;

    private static final long OP_FLAGS = offset(IO_DESC, "op_flags");
    private static final long SECTORS = offset(IO_DESC, "nr_sectors");
    private static final long START_SECTOR = offset(IO_DESC, "start_sector");

    private final int number;
    private final int depth;
    private final int bufferBytes;
    private final int deviceFd;
    private final RequestServer requests;
    private final QueueCounters counters;
    private final Spin spin;
    private final Gathering gathering;
    private final MemorySegment buffers;
    private final MemorySegment descriptors;
    private final Uring ring;
    private int fetching;
    private boolean leaving;

    /**
     * @param number of the queue
     * @param deviceFd of the device's character device
     * @param leaveFd becomes readable when the thread is to leave
     * @param buffersNow whether to take the buffers' memory at once, or as requests come
     */
    UblkQueue(
            DeviceInfo device,
            int number,
            int deviceFd,
            int leaveFd,
            RequestServer requests,
            QueueCounters counters,
            Spin spin,
            Gathering gathering,
            boolean buffersNow) {
        this.number = number;
        this.deviceFd = deviceFd;
        this.requests = requests;
        this.counters = counters;
        this.spin = spin;
        this.gathering = gathering;
        depth = device.depth();
        bufferBytes = device.maxIoBytes();
        buffers = Linux.mapMemory((long) depth * bufferBytes, buffersNow);
        try {
            ring = Uring.forOneThread(Integer.highestOneBit(depth) * 2);
        } catch (RuntimeException e) {
            Linux.unmap(buffers);
            throw e;
        }
        try {
            descriptors =
                    Linux.map(
                            pages(depth * IO_DESC.byteSize()),
                            Linux.PROT_READ,
                            Linux.MAP_SHARED | Linux.MAP_POPULATE,
                            deviceFd,
                            number * pages(UblkAbi.UBLK_MAX_QUEUE_DEPTH * IO_DESC.byteSize()));
        } catch (RuntimeException e) {
            ring.close();
            Linux.unmap(buffers);
            throw e;
        }
        ring.pollReadable(leaveFd, LEAVE);
    }

    private static long pages(long bytes) {
        return (bytes + Pages.SIZE - 1) & -Pages.SIZE;
    }

    /** Gives the driver a command for every tag; the device can be started once all have one. */
    void fetchAll() {
        for (int tag = 0; tag < depth; tag++) {
            command(UblkAbi.UBLK_U_IO_FETCH_REQ, tag, 0);
        }
        fetching = depth;
        ring.submitAndWait(0);
    }

    /** Serves until the driver ends the commands, as on a stop, or the thread is to leave. */
    void serve() {
        while (fetching > 0 && !leaving) {
            if (ring.ready() > 0) {
                ring.submitAndWait(0);
            } else if (spin.findsWork(ring)) {
                gathering.await();
                ring.submitAndWait(0);
            } else {
                ring.submitAndWait(1);
            }
            int completions = ring.ready();
            gathering.took(completions);
            for (int i = 0; i < completions; i++) {
                complete(ring.userData(i), ring.result(i));
            }
            ring.release(completions);
            counters.add(QueueCounters.BATCHES, 1);
            counters.set(QueueCounters.SYSTEM_CALLS, ring.systemCalls());
        }
        ring.submitAndWait(0);
    }

    private void complete(long userData, int result) {
        if (userData == LEAVE) {
            leaving = true;
        } else if (result != 0) {
            fetching--; // aborted: the device is stopped, or taken from us
        } else {
            int tag = (int) userData;
            long descriptor = tag * IO_DESC.byteSize();
            int done =
                    requests.serve(
                            descriptors.get(JAVA_INT, descriptor + OP_FLAGS),
                            descriptors.get(JAVA_LONG, descriptor + START_SECTOR),
                            descriptors.get(JAVA_INT, descriptor + SECTORS),
                            buffers,
                            (long) tag * bufferBytes,
                            bufferBytes);
            counters.add(QueueCounters.REQUESTS, 1);
            if (done < 0) {
                counters.add(QueueCounters.FAILED, 1);
            }
            command(UblkAbi.UBLK_U_IO_COMMIT_AND_FETCH_REQ, tag, done);
        }
    }

    /** Adds a {@code ublksrv_io_cmd}: queue, tag and result in one word, buffer in the other. */
    private void command(int code, int tag, int result) {
        long head = number | (long) tag << Short.SIZE | (long) result << Integer.SIZE;
        long buffer = buffers.address() + (long) tag * bufferBytes;
        ring.command(deviceFd, code, head, buffer, tag);
    }

    /** Ends the commands that are still with the driver; it keeps their requests. */
    @Override
    public void close() {
        ring.close();
        Linux.unmap(descriptors);
        Linux.unmap(buffers);
    }
}
