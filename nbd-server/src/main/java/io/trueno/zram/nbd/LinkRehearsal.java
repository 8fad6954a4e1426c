package io.trueno.zram.nbd;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.nbd.sys.Linux;
import io.trueno.zram.nbd.sys.Linux.SocketPair;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** What a device's thread does, without a driver: the requests come from the calling thread. */
final class LinkRehearsal {
    private static final int BATCH = 16;

    // Numbers of commands on the wire.
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int TRIM = 4;

    /** Of every eight batches one trims, four write and three read. */
    private static final int[] COMMANDS = {WRITE, READ, WRITE, READ, TRIM, WRITE, READ, WRITE};

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment pages;
    private final MemorySegment batch;
    private final int socket;

    private LinkRehearsal(MemorySegment pages, MemorySegment batch, int socket) {
        this.pages = pages;
        this.batch = batch;
        this.socket = socket;
    }

    /**
     * Serves batches of requests until so many are served or it is {@code end}, some at least.
     *
     * @param content of at least as many bytes as {@code pages}; overwritten with those
     * @param pages whole pages
     * @param most requests
     * @param end of it, as of {@link System#nanoTime}
     */
    static void run(BlockDevice content, MemorySegment pages, long most, long end) {
        SocketPair sockets = Linux.socketPair();
        Export export = new Export("rehearsal", "", content, false, new NbdCounters());
        DeviceLink link = new DeviceLink(new Session(export, false, false, Pages.SIZE));
        Thread.ofPlatform()
                .daemon()
                .name("nbd-rehearsal")
                .start(() -> {
                    link.serve(sockets.first());
                    Linux.close(sockets.first());
                });
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment batch = arena.allocate((long) BATCH * (NbdRequest.BYTES + Pages.SIZE));
            new LinkRehearsal(pages, batch, sockets.second()).run(most, end);
        } finally {
            Linux.close(sockets.second());
        }
    }

    private void run(long most, long end) {
        int number = 0;
        do {
            exchange(COMMANDS[number % COMMANDS.length], number++ * BATCH);
        } while (number < COMMANDS.length
                || ((long) number * BATCH < most && System.nanoTime() - end < 0));
    }

    /** Makes a batch of requests of one kind and takes their answers. */
    private void exchange(int command, int first) {
        long count = pages.byteSize() / Pages.SIZE;
        int length = 0;
        for (int i = 0; i < BATCH; i++) {
            long offset = (first + i) % count * Pages.SIZE;
            length += request(command, offset, length);
        }
        for (int sent = 0; sent < length; ) {
            sent += Linux.send(socket, batch.address() + sent, length - sent);
        }
        int answer = ReplyWriter.SIMPLE_BYTES + (command == READ ? Pages.SIZE : 0);
        for (int left = BATCH * answer; left > 0; ) {
            int received = Linux.receive(socket, batch.address(), Math.min(left, length(batch)));
            if (received == 0) {
                throw new IllegalStateException("the link has ended");
            }
            left -= received;
        }
    }

    private static int length(MemorySegment segment) {
        return (int) segment.byteSize();
    }

    private int request(int command, long offset, int at) {
        batch.set(INT, at, NbdProtocol.REQUEST_MAGIC);
        batch.set(INT, at + 4, command);
        batch.set(LONG, at + 8, offset);
        batch.set(LONG, at + 16, offset);
        batch.set(INT, at + 24, Pages.SIZE);
        if (command != WRITE) {
            return NbdRequest.BYTES;
        }
        MemorySegment.copy(pages, offset, batch, at + NbdRequest.BYTES, Pages.SIZE);
        return NbdRequest.BYTES + Pages.SIZE;
    }
}
