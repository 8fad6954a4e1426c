package io.trueno.zram.ublk.queue;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.ublk.control.DeviceInfo;
import io.trueno.zram.ublk.control.UblkControl;
import io.trueno.zram.ublk.sys.Linux;
import io.trueno.zram.ublk.sys.SystemCallException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The threads that serve a device, one for each of its queues. */
public final class QueueThreads {
    private static final int MOST_LOOKS = 2048;

    /** For how long a request may be held back at most, so that others come with it. */
    private static final long MOST_GATHERING_NANOS = 100_000;

    private static final long CPU_MASK_BYTES = 1024;

    private final DeviceInfo device;
    private final UblkControl control;
    private final int deviceFd;
    private final int leaveFd;
    private final RequestServer requests;
    private final boolean usersWait;
    private final List<QueueCounters> counters = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts to serve: when it returns, every queue has given the driver its commands, and the
     * device can be started, or its recovery ended.
     *
     * @param content what is served; not closed
     * @param usersWait whether requests wait already: memory for data is taken as they come then,
     *     since taking all of it at first takes longer than they do
     * @throws SystemCallException if the kernel refuses; no queue is served then
     * @throws CompletionException if there is no memory for what a queue needs, likewise
     */
    public static QueueThreads start(
            DeviceInfo device, UblkControl control, BlockDevice content, boolean usersWait) {
        return new QueueThreads(device, control, content, usersWait);
    }

    private QueueThreads(
            DeviceInfo device, UblkControl control, BlockDevice content, boolean usersWait) {
        this.usersWait = usersWait;
        this.device = device;
        this.control = control;
        requests = new RequestServer(content);
        deviceFd = Linux.open("/dev/ublkc" + device.id(), Linux.O_RDWR);
        leaveFd = Linux.eventfd();
        List<CompletableFuture<Void>> fetched = new ArrayList<>();
        for (int i = 0; i < device.queues(); i++) {
            int queue = i;
            QueueCounters counted = new QueueCounters();
            counters.add(counted);
            CompletableFuture<Void> ready = new CompletableFuture<>();
            fetched.add(ready);
            threads.add(
                    Thread.ofPlatform()
                            .name("ublk" + device.id() + "-q" + queue)
                            .start(() -> serve(queue, counted, ready)));
        }
        try {
            fetched.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            leave();
            throw e.getCause() instanceof SystemCallException refused ? refused : e;
        }
    }

    private void serve(int queue, QueueCounters counted, CompletableFuture<Void> ready) {
        pin(queue);
        boolean alone = Runtime.getRuntime().availableProcessors() == 1;
        Spin spin = new Spin(alone ? 0 : MOST_LOOKS);
        Gathering gathering = new Gathering(alone ? 0 : Processor.GATHERING_LOOKS);
        try (UblkQueue served =
                new UblkQueue(
                        device,
                        queue,
                        deviceFd,
                        leaveFd,
                        requests,
                        counted,
                        spin,
                        gathering,
                        !usersWait)) {
            served.fetchAll();
            ready.complete(null);
            served.serve();
        } catch (RuntimeException | OutOfMemoryError e) {
            if (!ready.completeExceptionally(e)) {
                log().log(Level.ERROR, "queue " + queue + " of ublk " + device.id() + " ended", e);
            }
        }
    }

    /**
     * Keeps the thread on the processors that the queue's requests come from; anywhere if that is
     * refused. Not on a single one: it would have to share it with whoever waits for its answers,
     * and pack pages while the others idle.
     */
    private void pin(int queue) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(CPU_MASK_BYTES, ValueLayout.JAVA_LONG.byteSize());
            control.affinity(device.id(), queue, mask);
            int processors = 0;
            for (long at = 0; at < CPU_MASK_BYTES; at += Long.BYTES) {
                processors += Long.bitCount(mask.get(ValueLayout.JAVA_LONG, at));
            }
            if (processors > 1) {
                Linux.runOn(mask);
            }
        } catch (SystemCallException e) {
            log().log(Level.DEBUG, "queue {0} is not pinned: {1}", queue, e.getMessage());
        }
    }

    /** Whether a queue is still served. */
    public boolean areServing() {
        return threads.stream().anyMatch(Thread::isAlive);
    }

    /** What is measured once in a process. */
    private static final class Processor {
        static final int GATHERING_LOOKS = Spin.looksIn(MOST_GATHERING_NANOS);
    }

    /** What the queues have done since the start. */
    public QueueStatistics statistics() {
        return new QueueStatistics(
                sum(QueueCounters.REQUESTS),
                sum(QueueCounters.FAILED),
                sum(QueueCounters.BATCHES),
                sum(QueueCounters.SYSTEM_CALLS));
    }

    private long sum(int counter) {
        return counters.stream().mapToLong(c -> c.get(counter)).sum();
    }

    /**
     * Ends the threads and waits for them. Requests that the driver has handed out and that are not
     * committed go back to it. The object is of no use afterwards.
     */
    public void leave() {
        try (Arena arena = Arena.ofConfined()) {
            Linux.write(leaveFd, arena.allocateFrom(ValueLayout.JAVA_LONG, 1));
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true; // the threads do leave, and their memory must not go first
                }
            }
        }
        Linux.close(deviceFd);
        Linux.close(leaveFd);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Made when there is something to say: finding out who logs takes long, and users wait. */
    private static Logger log() {
        return System.getLogger(QueueThreads.class.getName());
    }
}
