package io.trueno.zram.nbd;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A buffer of native memory that the socket, the protocol and the device all work in: a Netty
 * buffer to the first two, a {@link MemorySegment} made once to the third. It goes back to its pool
 * when the last reference is released, for an outgoing one when Netty has written it.
 */
final class IoBuffer extends UnpooledDirectByteBuf {
    /** The most payload bytes that go into one buffer. */
    static final int PAYLOAD_BYTES = 256 << 10;

    /** Room beside the payload for the headers of its chunks. */
    static final int HEADER_BYTES = 4 << 10;

    static final int BYTES = PAYLOAD_BYTES + HEADER_BYTES;

    private final MemorySegment segment;
    private final BufferPool pool;

    IoBuffer(BufferPool pool) {
        this(pool, ByteBuffer.allocateDirect(BYTES));
    }

    private IoBuffer(BufferPool pool, ByteBuffer memory) {
        super(UnpooledByteBufAllocator.DEFAULT, memory, BYTES);
        this.pool = pool;
        this.segment = MemorySegment.ofBuffer(memory);
    }

    /** The whole buffer; its indices are those of the Netty buffer. */
    MemorySegment segment() {
        return segment;
    }

    /** Makes the buffer empty and owned by one, as it leaves the pool. */
    IoBuffer renew() {
        resetRefCnt();
        clear();
        return this;
    }

    /** Known without {@code sun.misc.Unsafe}, which spares the native transports a look-up. */
    @Override
    public boolean hasMemoryAddress() {
        return true;
    }

    @Override
    public long memoryAddress() {
        return segment.address();
    }

    @Override
    protected void deallocate() {
        pool.give(this);
    }
}
