package io.trueno.zram.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NbdServerTest {
    private static final int SIZE = 4 << 20;
    private static final InetSocketAddress LOOPBACK =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir Path dir;

    private NbdServer start(SocketAddress... addresses) throws IOException {
        return NbdServer.start(NbdServer.Options.at(addresses));
    }

    private Path socketFile() {
        return dir.resolve("nbd.sock");
    }

    /** A client over a socket, in transmission on {@code zram0} with simple replies. */
    private record Client(SocketChannel channel, DataInputStream in, OutputStream out)
            implements AutoCloseable {
        static Client to(SocketAddress address) throws IOException {
            SocketChannel channel = SocketChannel.open(address);
            Client client =
                    new Client(
                            channel,
                            new DataInputStream(Channels.newInputStream(channel)),
                            Channels.newOutputStream(channel));
            client.send(Wire.clientFlags(3));
            client.send(Wire.option(7, Wire.infoData("zram0")));
            client.in.readNBytes(18 + 20 + 12 + 20);
            return client;
        }

        void send(ByteBuf bytes) throws IOException {
            bytes.readBytes(out, bytes.readableBytes());
        }

        /** The error of a simple reply. */
        int reply() throws IOException {
            in.readInt();
            int error = in.readInt();
            in.readLong();
            return error;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyTransportServesUnixAndTcp(NbdTransport transport) throws IOException {
        if (!transport.isAvailable()) {
            assertThat(transport.whyUnavailable()).isPresent();
            return;
        }
        var options =
                NbdServer.Options.at(UnixDomainSocketAddress.of(socketFile()), LOOPBACK)
                        .with(transport);
        try (NbdServer server = NbdServer.start(options);
                ArrayDevice device = new ArrayDevice(SIZE)) {
            server.addExport("zram0", "", device, false);
            for (SocketAddress address : server.addresses()) {
                try (Client client = Client.to(address)) {
                    client.send(Wire.write(0, 1, 4096, new byte[] {1, 2, 3}));
                    assertThat(client.reply()).isZero();
                    client.send(Wire.request(0, 0, 1, 0, SIZE));
                    assertThat(client.reply()).isZero();
                    byte[] all = client.in.readNBytes(SIZE);
                    assertThat(List.of(all[4095], all[4096], all[4098]))
                            .containsExactly((byte) 0, (byte) 1, (byte) 3);
                }
            }
            assertThat(server.statistics().writeRequests()).isEqualTo(2);
            assertThat(server.statistics("zram0").readBytes()).isEqualTo(2L * SIZE);
            assertThat(server.statistics().totalConnections()).isEqualTo(2);
        }
    }

    @Test
    void urisAreWhatClientsTake() throws IOException {
        Path odd = dir.resolve("a b%.sock");
        try (NbdServer server = start(UnixDomainSocketAddress.of(odd))) {
            assertThat(server.uri("zram0"))
                    .isEqualTo("nbd+unix:///zram0?socket=" + dir + "/a%20b%25.sock");
        }
        try (NbdServer server = start(LOOPBACK)) {
            int port = ((InetSocketAddress) server.addresses().getFirst()).getPort();
            assertThat(server.uri("zram0")).isEqualTo("nbd://127.0.0.1:" + port + "/zram0");
        }
    }

    @Test
    void theSocketFileIsTheOwnersAloneAndGoesWithTheServer() throws IOException {
        try (NbdServer _ = start(UnixDomainSocketAddress.of(socketFile()))) {
            assertThat(Files.getPosixFilePermissions(socketFile())).hasSize(2);
        }
        assertThat(socketFile()).doesNotExist();
    }

    @Test
    void aDeadServersSocketIsReplacedAndALiveOnesIsNot() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socketFile());
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(address);
        }
        assertThat(socketFile()).exists();
        try (NbdServer _ = start(address)) {
            assertThatThrownBy(() -> start(address))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another server is listening");
            assertThat(socketFile()).exists();
        }
        Files.createFile(socketFile());
        assertThatThrownBy(() -> start(address)).hasMessageContaining("not a socket");
        assertThat(socketFile()).exists();
    }

    @Test
    void aFailedStartLeavesNothingBehind() throws IOException {
        try (NbdServer busy = start(LOOPBACK)) {
            assertThatThrownBy(() ->
                            start(
                                    UnixDomainSocketAddress.of(socketFile()),
                                    busy.addresses().getFirst()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on");
        }
        assertThat(socketFile()).doesNotExist();
        assertThatThrownBy(() -> start(UnixDomainSocketAddress.of(dir.resolve("x".repeat(120)))))
                .hasMessageContaining("longer than 107 bytes");
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> NbdServer.Options.at()).hasMessageContaining("no address");
        assertThatThrownBy(() ->
                        new NbdServer.Options(
                                List.of(LOOPBACK), NbdTransport.NIO, 1, 1, 1, 4097, 0))
                .hasMessageContaining("maxPayloadBytes must be a multiple");
    }

    @Test
    void exportsAreAddedOnceAndRemovedWithTheirConnections() throws IOException {
        try (NbdServer server = start(UnixDomainSocketAddress.of(socketFile()))) {
            server.addExport("zram0", "", new ArrayDevice(SIZE), false);
            assertThatThrownBy(() -> server.addExport("zram0", "", new ArrayDevice(SIZE), false))
                    .hasMessageContaining("exists already: name=zram0");
            assertThatThrownBy(() -> server.addExport("", "", new ArrayDevice(SIZE), false))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(server.exportNames()).containsExactly("zram0");
            try (Client client = Client.to(server.addresses().getFirst())) {
                client.send(Wire.request(0, 3, 1, 0, 0));
                assertThat(client.reply()).isZero();
                assertThat(server.removeExport("zram0")).isTrue();
                assertThatThrownBy(() -> client.reply()).isInstanceOf(EOFException.class);
            }
            assertThat(server.removeExport("zram0")).isFalse();
            assertThat(server.exportNames()).isEmpty();
            assertThat(server.statistics().otherRequests()).isEqualTo(1);
        }
    }

    @Test
    void closingFinishesAWriteThatHasBegun() throws Exception {
        ArrayDevice device = new ArrayDevice(SIZE);
        NbdServer server = start(UnixDomainSocketAddress.of(socketFile()));
        server.addExport("zram0", "", device, false);
        try (Client client = Client.to(server.addresses().getFirst())) {
            client.send(Wire.request(0, 1, 1, 0, 8192));
            client.send(Unpooled.buffer().writeBytes(new byte[] {42}).writeZero(4095));
            while (device.writtenPages() == 0) {
                Thread.onSpinWait();
            }
            Thread closing = Thread.ofPlatform().start(server::close);
            while (Files.exists(socketFile())) {
                Thread.onSpinWait();
            }
            client.send(Unpooled.buffer().writeZero(4096));
            assertThat(client.reply()).isZero();
            assertThat(client.in.read()).isEqualTo(-1);
            closing.join();
        }
        assertThat(device.at(0)).isEqualTo((byte) 42);
        assertThat(device.writtenPages()).isEqualTo(2);
    }

    @Test
    void connectionsAboveTheLimitAreClosed() throws IOException {
        var options =
                new NbdServer.Options(
                        List.of(LOOPBACK), NbdTransport.best(), 1, 1, 1, 32 << 20, 1000);
        try (NbdServer server = NbdServer.start(options)) {
            server.addExport("zram0", "", new ArrayDevice(SIZE), false);
            InetSocketAddress address = (InetSocketAddress) server.addresses().getFirst();
            try (Client first = Client.to(address);
                    Socket second = new Socket(address.getAddress(), address.getPort())) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
                first.send(Wire.request(0, 3, 1, 0, 0));
                assertThat(first.reply()).isZero();
            }
        }
    }

    /** Asks for far more than it reads: the server must hold back instead of piling up replies. */
    @ParameterizedTest
    @EnumSource
    void aClientThatDoesNotReadItsRepliesCostsBoundedMemory(NbdTransport transport)
            throws Exception {
        if (!transport.isAvailable()) {
            return;
        }
        var options =
                NbdServer.Options.at(UnixDomainSocketAddress.of(socketFile())).with(transport);
        try (NbdServer server = NbdServer.start(options);
                ArrayDevice device = new ArrayDevice(SIZE)) {
            server.addExport("zram0", "", device, false);
            try (Client client = Client.to(server.addresses().getFirst())) {
                client.channel.configureBlocking(false);
                var requests = ByteBuffer.allocate(28 * 10_000);
                for (int i = 0; i < 10_000; i++) {
                    int length = i % 3 == 0 ? SIZE : 65536;
                    requests.put(Wire.request(0, 0, i, 0, length).nioBuffer());
                }
                client.channel.write(requests.flip());
                // Far more round trips than the first client's requests would take, were they read.
                try (Client other = Client.to(server.addresses().getFirst())) {
                    for (int i = 0; i < 1000; i++) {
                        other.send(Wire.request(0, 0, i, 0, 65536));
                        assertThat(other.reply()).isZero();
                        assertThat(other.in.readNBytes(65536)).hasSize(65536);
                    }
                }
                assertThat(server.statistics().readRequests()).isBetween(1000L, 1100L);
                assertThat(server.buffersLent()).isLessThan(16);
            }
        }
    }
}
