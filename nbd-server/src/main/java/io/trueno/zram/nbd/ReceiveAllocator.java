package io.trueno.zram.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Makes the transport receive into the connection's one buffer, behind what is not taken yet: no
 * allocation and no copy per read. What is left over is moved to the front here and only here,
 * because between this call and the data's arrival the kernel may own the rest of the buffer.
 */
final class ReceiveAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
    private final IoBuffer buffer;

    /**
     * @param buffer has room whenever the channel reads; each read adds a reference
     */
    ReceiveAllocator(IoBuffer buffer) {
        this.buffer = buffer;
    }

    @Override
    public MaxMessageHandle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator ignored) {
                buffer.discardReadBytes();
                return buffer.retain();
            }

            @Override
            public int guess() {
                return buffer.writableBytes();
            }
        };
    }
}
