package io.trueno.zram.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.trueno.zram.engine.BlockIoException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The kernel's requests over a real socket, without the kernel's driver. */
class DeviceLinkTest {
    private static final int SIZE = 8 << 20;
    private static final int READ = 0;
    private static final int DISCONNECT = 2;
    private static final int TRIM = 4;
    private static final int WRITE_ZEROES = 6;
    private static final int EIO = 5;
    private static final int EINVAL = 22;
    private static final int ENOSPC = 28;

    private final ArrayDevice device = new ArrayDevice(SIZE);
    private final KernelEnd kernel = new KernelEnd(device);

    @AfterEach
    void close() {
        kernel.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private byte[] read(long offset, int length) {
        kernel.send(Wire.request(0, READ, 77, offset, length));
        assertThat(kernel.error(77)).isZero();
        return ByteBufUtil.getBytes(kernel.receive(length));
    }

    @Test
    void whatIsWrittenIsReadWithinAndBeyondABuffer() {
        for (int length : new int[] {4096, 128 << 10, 256 << 10, 1 << 20}) {
            byte[] content = random(length);
            kernel.send(Wire.write(0, 5, 4096, content));
            assertThat(kernel.error(5)).isZero();
            assertThat(read(4096, length)).isEqualTo(content);
        }
    }

    @Test
    void manyRequestsAreAnsweredInTheirOrder() {
        byte[] content = random(64 << 10);
        ByteBuf all = Unpooled.buffer();
        for (int i = 0; i < 16; i++) {
            all.writeBytes(Wire.write(0, i, 4096L * i, slice(content, i)));
        }
        for (int i = 0; i < 16; i++) {
            all.writeBytes(Wire.request(0, READ, 100 + i, 4096L * i, 4096));
        }
        kernel.send(all);
        for (int i = 0; i < 16; i++) {
            assertThat(kernel.error(i)).isZero();
        }
        for (int i = 0; i < 16; i++) {
            assertThat(kernel.error(100 + i)).isZero();
            assertThat(ByteBufUtil.getBytes(kernel.receive(4096))).isEqualTo(slice(content, i));
        }
    }

    private static byte[] slice(byte[] content, int page) {
        return Arrays.copyOfRange(content, 4096 * page, 4096 * (page + 1));
    }

    @Test
    void aTrimOfTheWholeDeviceAndZeroesGiveTheMemoryBack() {
        kernel.send(Wire.write(0, 1, 0, random(1 << 20)));
        assertThat(kernel.error(1)).isZero();
        assertThat(device.writtenPages()).isEqualTo(256);
        kernel.send(Wire.request(0, TRIM, 2, 0, 512 << 10));
        assertThat(kernel.error(2)).isZero();
        assertThat(device.writtenPages()).isEqualTo(128);
        kernel.send(Wire.request(0, WRITE_ZEROES, 3, 0, SIZE));
        assertThat(kernel.error(3)).isZero();
        assertThat(device.writtenPages()).isZero();
        assertThat(read(0, 8192)).containsOnly(0);
    }

    @Test
    void failuresAreAnsweredAndServiceGoesOn() {
        device.failWith(new BlockIoException.OutOfSpace("full"));
        kernel.send(Wire.write(0, 1, 0, random(4096)));
        assertThat(kernel.error(1)).isEqualTo(ENOSPC);
        device.failWith(new IllegalStateException("a bug"));
        kernel.send(Wire.request(0, READ, 2, 0, 128 << 10));
        assertThat(kernel.error(2)).isEqualTo(EIO);
        device.failWith(null);
        kernel.send(Wire.request(0, READ, 3, SIZE, 4096));
        assertThat(kernel.error(3)).isEqualTo(EINVAL);
        assertThat(read(0, 4096)).hasSize(4096);
    }

    @Test
    void aRequestCutAnywhereChangesNothing() {
        ByteBuf write = Wire.write(0, 1, 0, random(4096));
        for (int length = 0; length < write.readableBytes(); length += 13) {
            try (KernelEnd cut = new KernelEnd(device)) {
                cut.send(Unpooled.buffer().writeBytes(write, 0, length));
            }
        }
        assertThat(device.writtenPages()).isZero();
    }

    @Test
    void whatWasSentIsAnsweredBeforeServiceEnds() {
        ByteBuf all = Unpooled.buffer();
        for (int i = 0; i < 8; i++) {
            all.writeBytes(Wire.write(0, i, 4096L * i, random(4096)));
        }
        kernel.send(all);
        kernel.detach();
        for (int i = 0; i < 8; i++) {
            assertThat(kernel.error(i)).isZero();
        }
        assertThat(kernel.receive(1).isReadable()).as("anything more").isFalse();
    }

    @Test
    void goodByeEndsService() {
        kernel.send(Wire.request(0, DISCONNECT, 0, 0, 0));
        assertThat(kernel.receive(1).isReadable()).as("an answer").isFalse();
    }

    @Test
    void nonsenseEndsService() {
        kernel.send(Unpooled.buffer().writeZero(28));
        assertThat(kernel.receive(1).isReadable()).as("an answer").isFalse();
    }
}
