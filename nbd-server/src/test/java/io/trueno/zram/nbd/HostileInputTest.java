package io.trueno.zram.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.trueno.zram.nbd.Wire.Chunk;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileInputTest {
    private static final int SIZE = 1 << 20;
    private static final int EPERM = 1;
    private static final int EINVAL = 22;
    private static final int ENOSPC = 28;

    private EmbeddedClient client = EmbeddedClient.inTransmission(SIZE, true);

    @AfterEach
    void everyBufferComesBack() {
        client.close();
        assertThat(client.buffers.lent()).isZero();
    }

    private void theConnectionLives() {
        client.send(Wire.request(0, 3, 1234, 0, 0));
        List<Chunk> chunks = Chunk.readAll(client.received());
        assertThat(chunks).extracting(Chunk::cookie).containsExactly(1234L);
        assertThat(chunks.getFirst().error()).isZero();
    }

    @ParameterizedTest(name = "command {1} flags {0} offset {2} length {3}")
    @CsvSource({
        // unknown commands
        "0, 8, 0, 4096, 22",
        "0, 9, 0, 0, 22",
        "0, 65535, 0, 4294967295, 22",
        // unknown flags, and flags of other commands
        "0x8000, 0, 0, 4096, 22",
        "0x20, 0, 0, 4096, 22",
        "4, 3, 0, 0, 22",
        "2, 0, 0, 4096, 22",
        "2, 4, 0, 4096, 22",
        "8, 0, 0, 4096, 22",
        "16, 4, 0, 4096, 22",
        // out of range
        "0, 0, 1048576, 1, 22",
        "0, 0, 1048575, 2, 22",
        "0, 0, -1, 1, 22",
        "0, 0, 9223372036854775807, 4294967295, 22",
        "0, 4, 0, 1048577, 22",
        "0, 4, 4096, 4294967295, 22",
        "0, 5, 1048576, 1, 22",
        "0, 6, 1048576, 1, 28",
        "0, 6, 4096, 4294967295, 28",
        "0, 7, 0, 4294967295, 22",
        // zero length
        "0, 0, 0, 0, 22",
        "0, 1, 0, 0, 22",
        "0, 4, 0, 0, 22",
        "0, 6, 0, 0, 22",
        "0, 5, 0, 0, 22",
        "0, 7, 0, 0, 22",
        // more than the maximum block size
        "0, 0, 0, 4194305, 22",
        "0, 0, 0, 4294967295, 22",
        // flush has no range
        "0, 3, 1, 0, 22",
        "0, 3, 0, 1, 22",
    })
    void aBadRequestGetsItsErrorAndTheConnectionLives(
            String flags, int type, long offset, long length, int error) {
        client.send(Wire.request(Integer.decode(flags), type, 77, offset, length));
        List<Chunk> chunks = Chunk.readAll(client.received());
        assertThat(chunks).hasSize(1);
        assertThat(chunks.getFirst().cookie()).isEqualTo(77);
        assertThat(chunks.getFirst().error()).isEqualTo(error);
        assertThat(client.statistics().invalidRequests()).isEqualTo(1);
        theConnectionLives();
    }

    @Test
    void withoutNegotiationDfAndBlockStatusAreErrors() {
        client.close();
        client = EmbeddedClient.inTransmission(SIZE, false);
        client.send(Wire.request(4, 0, 1, 0, 4096));
        client.send(Wire.request(0, 7, 2, 0, 4096));
        assertThat(Chunk.readAll(client.received()))
                .extracting(Chunk::error)
                .containsExactly(EINVAL, EINVAL);
        theConnectionLives();
    }

    @Test
    void aReadOnlyExportRefusesEveryChangeAndTakesTheirPayload() {
        client.exports.add(new Export("ro", "", new ArrayDevice(SIZE), true, new NbdCounters()));
        try (EmbeddedClient reader = new EmbeddedClient(SIZE)) {
            reader.exports.add(
                    new Export("ro", "", new ArrayDevice(SIZE), true, new NbdCounters()));
            reader.send(Wire.clientFlags(3));
            reader.send(Wire.option(7, Wire.infoData("ro")));
            reader.received();
            reader.send(Wire.write(0, 1, 0, new byte[5000]));
            reader.send(Wire.request(0, 4, 2, 0, 4096));
            reader.send(Wire.request(0, 6, 3, 0, 4096));
            reader.send(Wire.request(0, 3, 4, 0, 0));
            assertThat(Chunk.readAll(reader.received()))
                    .extracting(Chunk::error)
                    .containsExactly(EPERM, EPERM, EPERM, 0);
        }
    }

    @Test
    void theBytesOfARefusedWriteAreSkipped() {
        client.send(Wire.write(0, 5, SIZE - 10, new byte[11]));
        assertThat(Chunk.readAll(client.received()))
                .extracting(Chunk::error)
                .containsExactly(ENOSPC);
        theConnectionLives();

        int tooLong = EmbeddedClient.MAX_PAYLOAD + 1;
        client.sendInFragments(Wire.write(0, 6, 0, new byte[tooLong]), new Random(6));
        assertThat(Chunk.readAll(client.received()))
                .extracting(Chunk::error)
                .containsExactly(EINVAL);
        theConnectionLives();
        assertThat(client.device.writtenPages()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {(64L << 20) + 1, 0xffff_ffffL})
    void aRefusedWriteThatIsTooLongToSkipEndsTheConnection(long length) {
        client.send(Wire.request(0, 1, 5, 0, length));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aWriteTakesNoMemoryForBytesThatDoNotArrive() {
        for (int i = 0; i < 100; i++) {
            try (EmbeddedClient claiming = EmbeddedClient.inTransmission(8 << 20, false)) {
                claiming.send(Wire.request(0, 1, 5, 0, EmbeddedClient.MAX_PAYLOAD));
                claiming.send(Unpooled.buffer().writeZero(1_000_000));
                assertThat(claiming.buffers.lent()).isLessThanOrEqualTo(2);
            }
        }
    }

    @Test
    void aBadRequestMagicEndsTheConnection() {
        client.send(Unpooled.buffer().writeZero(28));
        assertThat(client.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void noiseNeitherHangsNorLeaksNorTouchesTheServer(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            EmbeddedClient noisy = EmbeddedClient.inTransmission(SIZE, random.nextBoolean());
            try (noisy) {
                ByteBuf bytes = Unpooled.buffer();
                for (int i = random.nextInt(20); i >= 0; i--) {
                    bytes.writeBytes(
                            Wire.request(
                                    1 << random.nextInt(17),
                                    random.nextInt(10),
                                    i,
                                    (random.nextInt(3) - 1L) << random.nextInt(40),
                                    random.nextInt()));
                    bytes.writeZero(random.nextInt(3) * random.nextInt(5000));
                }
                noisy.sendInFragments(bytes, random);
            }
            assertThat(noisy.buffers.lent()).as("seed=%d", seed).isZero();
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadFrom() {
        client.channel.config().setAutoRead(true);
        // An outbound buffer that nothing drains: what the socket of a sleeping client looks like.
        client.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        for (int i = 0; i < 1000; i++) {
            client.channel.writeInbound(Wire.request(0, 0, i, 0, 4096));
        }
        assertThat(client.channel.config().isAutoRead()).isFalse();
        assertThat(client.received().readableBytes()).isZero();
        client.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        client.channel.runPendingTasks();
        assertThat(client.channel.config().isAutoRead()).isTrue();
        assertThat(Chunk.readAll(client.received())).hasSize(1000);
    }

    @Test
    void optionsAreNotAnsweredEndlesslyToOneThatDoesNotRead() {
        try (EmbeddedClient asking = new EmbeddedClient(SIZE)) {
            asking.channel.config().setAutoRead(true);
            asking.send(Wire.clientFlags(3));
            asking.received();
            asking.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
            for (int i = 0; i < 1000; i++) {
                asking.channel.writeInbound(Wire.option(3));
            }
            assertThat(asking.channel.config().isAutoRead()).isFalse();
            assertThat(asking.received().readableBytes()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void noiseInTheHandshakeNeitherHangsNorLeaks(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            EmbeddedClient noisy = new EmbeddedClient(SIZE);
            try (noisy) {
                noisy.send(Wire.clientFlags(random.nextInt(5)));
                ByteBuf bytes = Unpooled.buffer();
                for (int i = random.nextInt(8); i >= 0; i--) {
                    byte[] data = new byte[random.nextInt(60)];
                    random.nextBytes(data);
                    ByteBuf noise =
                            random.nextBoolean() ? Unpooled.wrappedBuffer(data) : goodData(random);
                    bytes.writeBytes(Wire.option(random.nextInt(13), noise));
                }
                if (random.nextBoolean()) {
                    bytes.setByte(random.nextInt(bytes.writerIndex()), random.nextInt());
                }
                noisy.sendInFragments(bytes, random);
            }
            assertThat(noisy.buffers.lent()).as("seed=%d", seed).isZero();
        }
    }

    private static ByteBuf goodData(Random random) {
        return random.nextBoolean()
                ? Wire.infoData("zram0", random.nextInt(5))
                : Wire.contextData("zram0", "base:allocation");
    }
}
