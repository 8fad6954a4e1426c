package io.trueno.zram.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.trueno.zram.engine.BlockIoException;
import io.trueno.zram.nbd.Wire.Chunk;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransmissionTest {
    private static final int SIZE = 8 << 20;

    private static byte[] randomBytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Chunk ask(EmbeddedClient client, ByteBuf request) {
        client.send(request);
        List<Chunk> chunks = Chunk.readAll(client.received());
        assertThat(chunks).hasSize(1);
        return chunks.getFirst();
    }

    /** Reads by the rules of the protocol: chunks in any order, together exactly the range. */
    private static byte[] read(
            EmbeddedClient client, boolean structured, int flags, long offset, int length) {
        client.send(Wire.request(flags, 0, 99, offset, length));
        ByteBuf in = client.received();
        if (!structured) {
            Chunk reply = Chunk.read(in, length);
            assertThat(reply.error()).isZero();
            assertThat(in.isReadable()).isFalse();
            return ByteBufUtil.getBytes(reply.payload());
        }
        byte[] bytes = new byte[length];
        BitSet seen = new BitSet(length);
        boolean done = false;
        while (in.isReadable()) {
            assertThat(done).isFalse();
            Chunk chunk = Chunk.read(in, 0);
            assertThat(chunk.cookie()).isEqualTo(99);
            ByteBuf payload = chunk.payload();
            int at = (int) (payload.readLong() - offset);
            int run = chunk.type() == 2 ? payload.readInt() : payload.readableBytes();
            assertThat(seen.get(at, at + run).isEmpty()).as("no byte twice").isTrue();
            seen.set(at, at + run);
            if (chunk.type() == 1) {
                payload.readBytes(bytes, at, run);
            } else {
                assertThat(chunk.type()).isEqualTo(2);
            }
            done = chunk.done();
        }
        assertThat(done).isTrue();
        assertThat(seen.cardinality()).isEqualTo(length);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsWrittenIsReadBackAtAnyLengthAndOffset(boolean structured) {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, structured)) {
            int[] lengths = {1, 511, 512, 4096, 4097, 131072, 131073, 262144, 262145, 3 << 20};
            for (int length : lengths) {
                for (long offset : new long[] {0, 1, 4095, 4096, 70_001}) {
                    byte[] bytes = randomBytes(length + offset, length);
                    assertThat(ask(client, Wire.write(1, 5, offset, bytes)).error()).isZero();
                    assertThat(read(client, structured, 0, offset, length)).isEqualTo(bytes);
                    assertThat(read(client, structured, structured ? 4 : 0, offset, length))
                            .isEqualTo(bytes);
                }
            }
        }
    }

    @Test
    void holesAreSentAsHoles() {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, true)) {
            byte[] page = randomBytes(3, 4096);
            ask(client, Wire.write(0, 1, 8192, page));
            client.send(Wire.request(0, 0, 2, 4096, 16384));
            List<Chunk> chunks = Chunk.readAll(client.received());
            assertThat(chunks).extracting(Chunk::type).containsExactly(2, 1, 2);
            assertThat(chunks).extracting(Chunk::done).containsExactly(false, false, true);
            assertThat(ByteBufUtil.hexDump(chunks.getFirst().payload()))
                    .isEqualTo("0000000000001000" + "00001000");
            assertThat(chunks.get(1).payload().getLong(0)).isEqualTo(8192);

            client.send(Wire.request(0, 0, 3, 1 << 20, 4 << 20));
            assertThat(client.received().readableBytes()).as("4 MiB of nothing").isEqualTo(32);
        }
    }

    @Test
    void aReadOfManySmallHolesIsWhole() {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, true)) {
            byte[] expected = new byte[1 << 20];
            for (int at = 0; at < expected.length; at += 8192) {
                byte[] page = randomBytes(at, 4096);
                System.arraycopy(page, 0, expected, at, 4096);
                ask(client, Wire.write(0, 1, at, page));
            }
            assertThat(read(client, true, 0, 0, 128 << 10))
                    .isEqualTo(Arrays.copyOf(expected, 128 << 10));
            assertThat(read(client, true, 0, 0, 1 << 20)).isEqualTo(expected);
            assertThat(read(client, true, 4, 0, 1 << 20)).isEqualTo(expected);
            assertThat(read(client, true, 0, 100, 500_000))
                    .isEqualTo(Arrays.copyOfRange(expected, 100, 500_100));
        }
    }

    @Test
    void trimAndWriteZeroesMakeHolesAndNoHoleDoesNot() {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, true)) {
            byte[] bytes = randomBytes(1, 4 << 20);
            ask(client, Wire.write(0, 1, 0, bytes));
            assertThat(client.device.writtenPages()).isEqualTo(1024);
            assertThat(ask(client, Wire.request(0, 4, 2, 0, 1 << 20)).error()).isZero();
            assertThat(client.device.writtenPages()).isEqualTo(768);
            assertThat(ask(client, Wire.request(0x10, 6, 2, 1 << 20, 1 << 20)).error()).isZero();
            assertThat(client.device.writtenPages()).isEqualTo(512);
            assertThat(ask(client, Wire.request(2, 6, 2, 2 << 20, 2 << 20)).error()).isZero();
            assertThat(client.device.writtenPages()).isEqualTo(512);
            assertThat(read(client, true, 0, 0, 4 << 20)).isEqualTo(new byte[4 << 20]);
        }
    }

    @Test
    void blockStatusGivesRunsOfDataAndHoles() {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, true)) {
            ask(client, Wire.write(0, 1, 4096, new byte[8192]));
            Chunk status = ask(client, Wire.request(0, 7, 8, 0, 1 << 20));
            assertThat(status.type()).isEqualTo(5);
            assertThat(status.done()).isTrue();
            assertThat(ByteBufUtil.hexDump(status.payload()))
                    .isEqualTo(
                            "00000001"
                                    + "0000100000000003"
                                    + "0000200000000000"
                                    + "000fd00000000003");
            Chunk one = ask(client, Wire.request(8, 7, 8, 5000, 1 << 20));
            assertThat(ByteBufUtil.hexDump(one.payload()))
                    .isEqualTo("00000001" + "00001c7800000000");
            Chunk all = ask(client, Wire.request(0, 7, 8, 0, SIZE));
            assertThat(all.payload().readableBytes()).isEqualTo(4 + 3 * 8);
        }
    }

    @Test
    void flushAndCacheSucceed() {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, true)) {
            assertThat(ask(client, Wire.request(0, 3, 1, 0, 0)).error()).isZero();
            assertThat(ask(client, Wire.request(0, 5, 1, 4096, 1 << 20)).error()).isZero();
            assertThat(client.statistics().otherRequests()).isEqualTo(2);
        }
    }

    @Test
    void disconnectAnswersWhatHasBegunAndEndsWithoutReply() {
        Queue<Runnable> later = new ArrayDeque<>();
        try (EmbeddedClient client = new EmbeddedClient(SIZE, later::add)) {
            client.handshake(false);
            client.send(Wire.request(0, 0, 1, 0, 1 << 17 | 1));
            client.send(Wire.request(0, 2, 2, 0, 0));
            assertThat(client.isOpen()).isTrue();
            later.remove().run();
            client.channel.runPendingTasks();
            assertThat(client.received().readableBytes()).isEqualTo(16 + (1 << 17 | 1));
            assertThat(client.isOpen()).isFalse();
        }
    }

    @Test
    void shortRequestsOvertakeLongOnes() {
        Queue<Runnable> later = new ArrayDeque<>();
        try (EmbeddedClient client = new EmbeddedClient(SIZE, later::add)) {
            client.handshake(true);
            client.send(Wire.request(0, 4, 1, 0, SIZE));
            client.send(Wire.request(0, 3, 2, 0, 0));
            assertThat(Chunk.readAll(client.received()))
                    .extracting(Chunk::cookie)
                    .containsExactly(2L);
            later.remove().run();
            client.channel.runPendingTasks();
            assertThat(Chunk.readAll(client.received()))
                    .extracting(Chunk::cookie)
                    .containsExactly(1L);
        }
    }

    @Test
    void aReplyInOnePieceHasTheConnectionForItself() {
        Queue<Runnable> later = new ArrayDeque<>();
        try (EmbeddedClient client = new EmbeddedClient(SIZE, later::add)) {
            client.handshake(false);
            byte[] bytes = randomBytes(9, 1 << 20);
            client.send(Wire.write(0, 1, 0, bytes));
            client.received();
            client.send(Wire.request(0, 4, 1, 4 << 20, 4 << 20));
            client.send(Wire.request(0, 0, 2, 0, 1 << 20));
            client.send(Wire.request(0, 3, 3, 0, 0));
            while (!later.isEmpty()) {
                later.remove().run();
                client.channel.runPendingTasks();
            }
            ByteBuf in = client.received();
            assertThat(Chunk.read(in, 0).cookie()).isEqualTo(1);
            Chunk read = Chunk.read(in, 1 << 20);
            assertThat(read.cookie()).isEqualTo(2);
            assertThat(ByteBufUtil.getBytes(read.payload())).isEqualTo(bytes);
            assertThat(Chunk.read(in, 0).cookie()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void failuresOfTheDeviceHaveTheirNumbers(boolean structured) {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, structured)) {
            ask(client, Wire.write(0, 1, 0, new byte[SIZE / 2 - 1]));
            client.device.failWith(new BlockIoException.OutOfSpace("full"));
            assertThat(ask(client, Wire.write(0, 1, 0, new byte[10])).error()).isEqualTo(28);
            client.device.failWith(new BlockIoException.StoreFailure("checksum"));
            assertThat(ask(client, Wire.request(0, 0, 1, 0, 4096)).error()).isEqualTo(5);
            assertThat(ask(client, Wire.request(0, 0, 1, 0, 1 << 18)).error()).isEqualTo(5);
            client.device.failWith(new BlockIoException.BadRequest("closed"));
            assertThat(ask(client, Wire.request(0, 4, 1, 0, 4096)).error()).isEqualTo(22);
            assertThat(client.statistics().failedReads()).isEqualTo(2);
            assertThat(client.statistics().failedWrites()).isEqualTo(2);
            client.device.failWith(null);
            assertThat(ask(client, Wire.write(0, 1, 0, new byte[10])).error()).isZero();
        }
    }

    @Test
    void aFailedWriteOfManyPartsTakesItsWholePayloadAndOneReply() {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, true)) {
            client.device.failWith(new BlockIoException.OutOfSpace("full"));
            assertThat(ask(client, Wire.write(0, 1, 5, new byte[3 << 20])).error()).isEqualTo(28);
            client.device.failWith(null);
            assertThat(ask(client, Wire.request(0, 3, 1, 0, 0)).error()).isZero();
        }
    }

    @Test
    void aReadThatFailsAfterItsLengthWasPromisedEndsTheConnection() {
        Queue<Runnable> later = new ArrayDeque<>();
        try (EmbeddedClient client = new EmbeddedClient(SIZE, later::add)) {
            client.handshake(false);
            client.send(Wire.request(0, 0, 2, 0, 1 << 20));
            later.remove().run();
            client.channel.runPendingTasks();
            client.device.failWith(new BlockIoException.StoreFailure("checksum"));
            later.remove().run();
            client.channel.runPendingTasks();
            assertThat(client.isOpen()).isFalse();
        }
    }

    @Test
    void aFaultInAWorkerEndsTheConnectionInsteadOfHangingIt() {
        Queue<Runnable> later = new ArrayDeque<>();
        try (EmbeddedClient client = new EmbeddedClient(SIZE, later::add)) {
            client.handshake(true);
            client.device.failWith(new InternalError("a fault in mapped memory"));
            client.send(Wire.request(0, 0, 2, 0, 1 << 20));
            assertThatThrownBy(() -> later.remove().run()).isInstanceOf(InternalError.class);
            client.channel.runPendingTasks();
            assertThat(client.isOpen()).isFalse();
        }
    }

    @Test
    void whatTheDeviceShouldNotThrowReadsAsAnInputOutputError() {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, true)) {
            client.device.failWith(new IllegalStateException("bug"));
            assertThat(ask(client, Wire.request(0, 0, 1, 0, 4096)).error()).isEqualTo(5);
            assertThat(ask(client, Wire.write(0, 1, 0, new byte[4096])).error()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void fragmentsOfAnySizeMakeNoDifference(long seed) {
        Random random = new Random(seed);
        boolean structured = random.nextBoolean();
        byte[] model = new byte[1 << 20];
        try (EmbeddedClient client = EmbeddedClient.inTransmission(1 << 20, structured)) {
            for (int round = 0; round < 40; round++) {
                int offset = random.nextInt(model.length - 1);
                int length = 1 + random.nextInt(Math.min(300_000, model.length - offset));
                switch (random.nextInt(3)) {
                    case 0 -> {
                        client.sendInFragments(
                                Wire.request(0, random.nextBoolean() ? 4 : 6, 7, offset, length),
                                random);
                        Arrays.fill(model, offset, offset + length, (byte) 0);
                        assertThat(Chunk.read(client.received(), 0).error()).isZero();
                    }
                    case 1 -> {
                        byte[] bytes = randomBytes(random.nextLong(), length);
                        client.sendInFragments(Wire.write(0, 7, offset, bytes), random);
                        System.arraycopy(bytes, 0, model, offset, length);
                        assertThat(Chunk.read(client.received(), 0).error()).isZero();
                    }
                    default ->
                            assertThat(read(client, structured, 0, offset, length))
                                    .as("seed=%d round=%d", seed, round)
                                    .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
                }
            }
            assertThat(read(client, structured, 0, 0, model.length)).isEqualTo(model);
        }
    }

    @Test
    void aBatchOfRequestsIsAnsweredInOneBatch() {
        try (EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, true)) {
            ByteBuf batch = Unpooled.buffer();
            for (int i = 0; i < 16; i++) {
                batch.writeBytes(Wire.write(0, i, 4096L * i, randomBytes(i, 512)));
            }
            client.send(batch);
            ByteBuf sent = client.channel.readOutbound();
            assertThat(sent.readableBytes()).isEqualTo(16 * 16);
            sent.release();
        }
    }
}
