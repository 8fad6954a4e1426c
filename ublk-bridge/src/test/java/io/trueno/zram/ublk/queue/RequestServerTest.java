package io.trueno.zram.ublk.queue;

import static io.trueno.zram.ublk.control.UblkAbi.UBLK_IO_F_NOUNMAP;
import static io.trueno.zram.ublk.control.UblkAbi.UBLK_IO_OP_DISCARD;
import static io.trueno.zram.ublk.control.UblkAbi.UBLK_IO_OP_FLUSH;
import static io.trueno.zram.ublk.control.UblkAbi.UBLK_IO_OP_READ;
import static io.trueno.zram.ublk.control.UblkAbi.UBLK_IO_OP_WRITE;
import static io.trueno.zram.ublk.control.UblkAbi.UBLK_IO_OP_WRITE_ZEROES;
import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.BlockDevice;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreOptions;
import io.trueno.zram.ublk.sys.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestServerTest {
    private static final int ROOM = 16384;
    private static final long DEVICE_BYTES = 1 << 20;

    private final PageStore store;
    private final RequestServer server;
    private final MemorySegment buffers = MemorySegment.ofArray(new byte[2 * ROOM]);

    RequestServerTest() throws IOException {
        store = PageStore.open(StoreOptions.of("test", DEVICE_BYTES));
        server = new RequestServer(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private int serve(int op, long sector, int sectors) {
        return server.serve(op, sector, sectors, buffers, ROOM, ROOM);
    }

    @Test
    void dataGoesInAndComesOutAtTheRequestsBuffer() {
        buffers.fill((byte) 1);
        buffers.asSlice(ROOM, 8192).fill((byte) 7);
        assertThat(serve(UBLK_IO_OP_WRITE, 8, 16)).isEqualTo(8192);
        buffers.fill((byte) 0);
        assertThat(serve(UBLK_IO_OP_READ, 8, 16)).isEqualTo(8192);
        assertThat(buffers.asSlice(ROOM, 8192).toArray(ValueLayout.JAVA_BYTE)).containsOnly(7);
        assertThat(buffers.asSlice(0, ROOM).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }

    @Test
    void discardAndZeroesGiveMemoryBack() {
        buffers.set(ValueLayout.JAVA_BYTE, ROOM, (byte) 1);
        serve(UBLK_IO_OP_WRITE, 0, 8);
        serve(UBLK_IO_OP_WRITE, 8, 8);
        serve(UBLK_IO_OP_WRITE, 16, 8);
        assertThat(store.stats().origDataSize()).isEqualTo(3 * 4096);
        assertThat(serve(UBLK_IO_OP_DISCARD, 0, 8)).isZero();
        assertThat(serve(UBLK_IO_OP_WRITE_ZEROES, 8, 8)).isZero();
        assertThat(store.stats().origDataSize()).isEqualTo(4096);
        assertThat(serve(UBLK_IO_OP_WRITE_ZEROES | UBLK_IO_F_NOUNMAP, 16, 8)).isZero();
        assertThat(store.stats().samePages()).isEqualTo(1); // stored, as zeros
        assertThat(serve(UBLK_IO_OP_FLUSH, 0, 0)).isZero();
    }

    @Test
    void theWholeDeviceCanBeDiscardedAtOnce() throws IOException {
        long bytes = 3L << 30;
        try (PageStore large = PageStore.open(StoreOptions.of("large", bytes))) {
            int sectors = (int) (bytes >> 9);
            int result =
                    new RequestServer(large)
                            .serve(UBLK_IO_OP_DISCARD, 0, sectors, buffers, 0, ROOM);
            assertThat(result).isZero();
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThat(serve(UBLK_IO_OP_READ, 0, ROOM / 512 + 1)).isEqualTo(-Errno.EINVAL);
        assertThat(serve(UBLK_IO_OP_WRITE, 0, ROOM / 512 + 1)).isEqualTo(-Errno.EINVAL);
        assertThat(serve(UBLK_IO_OP_READ, DEVICE_BYTES / 512, 8)).isEqualTo(-Errno.EINVAL);
        assertThat(serve(UBLK_IO_OP_READ, -8, 8)).isEqualTo(-Errno.EINVAL);
        assertThat(serve(UBLK_IO_OP_READ, Long.MAX_VALUE, 8)).isEqualTo(-Errno.EINVAL);
        assertThat(serve(UBLK_IO_OP_READ, 0, -8)).isEqualTo(-Errno.EINVAL);
        assertThat(serve(4, 0, 8)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(serve(255, 0, 8)).isEqualTo(-Errno.EOPNOTSUPP);
    }

    @Test
    void everyFailureOfTheDeviceHasItsErrno() {
        assertThat(failing(new BlockIoException.OutOfSpace("full"))).isEqualTo(-Errno.ENOSPC);
        assertThat(failing(new BlockIoException.BadRequest("bad"))).isEqualTo(-Errno.EINVAL);
        assertThat(failing(new BlockIoException.StoreFailure("gone"))).isEqualTo(-Errno.EIO);
        assertThat(failing(new IllegalStateException("our bug"))).isEqualTo(-Errno.EIO);
    }

    private int failing(RuntimeException failure) {
        BlockDevice device = new FailingDevice(failure);
        return new RequestServer(device).serve(UBLK_IO_OP_WRITE, 0, 8, buffers, 0, ROOM);
    }

    private record FailingDevice(RuntimeException failure) implements BlockDevice {
        @Override
        public long sizeBytes() {
            return DEVICE_BYTES;
        }

        @Override
        public void read(long offset, MemorySegment target, long targetOffset, int length) {
            throw failure;
        }

        @Override
        public void write(long offset, MemorySegment source, long sourceOffset, int length) {
            throw failure;
        }

        @Override
        public void discard(long offset, long length) {
            throw failure;
        }

        @Override
        public void writeZeroes(long offset, long length) {
            throw failure;
        }

        @Override
        public void flush() {
            throw failure;
        }

        @Override
        public long extent(long offset, long length) {
            throw failure;
        }

        @Override
        public void close() {}
    }
}
