package io.trueno.zram.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request costs the collector, from socket to store and back. */
@Tag("fresh-jvm")
class AllocationTest {
    private static final int SIZE = 8 << 20;
    private static final int DEPTH = 16;
    private static final int BATCHES = 3_000;
    private static final int REPLY_BYTES = DEPTH / 2 * (16 + 16 + 4096);

    @TempDir Path dir;

    /**
     * Netty allocates a little per batch (a task, a selector's bookkeeping); a request of its own
     * has less than one object.
     */
    @Test
    void requestsAllocateNextToNothingInTheSteadyState() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(dir.resolve("nbd.sock"));
        try (PageStore store = PageStore.open(StoreOptions.of("allocation", SIZE));
                NbdServer server = NbdServer.start(NbdServer.Options.at(address));
                SocketChannel channel = SocketChannel.open(address)) {
            server.addExport("zram0", "", store, false);
            enterTransmission(channel);
            ByteBuffer batch = batch();
            ByteBuffer replies = ByteBuffer.allocateDirect(REPLY_BYTES);
            run(channel, batch, replies);
            long before = allocatedBy("nbd-loop");
            run(channel, batch, replies);
            long allocated = allocatedBy("nbd-loop") - before;
            assertThat(allocated / (double) (BATCHES * DEPTH))
                    .as("bytes of heap per request")
                    .isLessThan(16);
        }
    }

    @Test
    void theKernelsRequestsAllocateNothingInTheSteadyState() throws IOException {
        try (PageStore store = PageStore.open(StoreOptions.of("allocation", SIZE));
                KernelEnd kernel = new KernelEnd(store)) {
            MemorySegment batch = MemorySegment.ofBuffer(batch());
            run(kernel, batch);
            long before = allocatedBy("nbd0");
            run(kernel, batch);
            long allocated = allocatedBy("nbd0") - before;
            assertThat(allocated / (double) (BATCHES * DEPTH))
                    .as("bytes of heap per request")
                    .isLessThan(1);
        }
    }

    private static void run(KernelEnd kernel, MemorySegment batch) {
        for (int i = 0; i < BATCHES; i++) {
            kernel.send(batch, (int) batch.byteSize());
            kernel.fill(REPLY_BYTES);
        }
    }

    private static void enterTransmission(SocketChannel channel) throws IOException {
        channel.write(Wire.clientFlags(3).nioBuffer());
        channel.write(Wire.option(7, Wire.infoData("zram0")).nioBuffer());
        ByteBuffer replies = ByteBuffer.allocate(18 + 20 + 12 + 20);
        while (replies.hasRemaining() && channel.read(replies) >= 0) {
            // the handshake's replies have this length
        }
    }

    /** Writes of real pages, each followed by its read. */
    private static ByteBuffer batch() {
        List<byte[]> pages = SamplePages.all();
        ByteBuf batch = Unpooled.buffer();
        for (int i = 0; i < DEPTH / 2; i++) {
            batch.writeBytes(Wire.write(0, i, 4096L * i, pages.get(100 * i)));
            batch.writeBytes(Wire.request(0, 0, i, 4096L * i, 4096));
        }
        return ByteBuffer.allocateDirect(batch.readableBytes()).put(batch.nioBuffer()).flip();
    }

    private static void run(SocketChannel channel, ByteBuffer batch, ByteBuffer replies)
            throws IOException {
        for (int i = 0; i < BATCHES; i++) {
            batch.rewind();
            while (batch.hasRemaining()) {
                channel.write(batch);
            }
            replies.clear();
            while (replies.hasRemaining() && channel.read(replies) >= 0) {
                // all replies of the batch
            }
        }
    }

    private static long allocatedBy(String threadNames) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (var info : threads.dumpAllThreads(false, false, 0)) {
            if (info.getThreadName().startsWith(threadNames)) {
                sum += threads.getThreadAllocatedBytes(info.getThreadId());
            }
        }
        return sum;
    }
}
