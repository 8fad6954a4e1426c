package io.trueno.zram.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.store.PageStore;
import io.trueno.zram.engine.store.StoreOptions;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others wrote, against a page store, over unix sockets and TCP. */
class ClientInteropTest {
    private static final int SIZE = 64 << 20;

    @TempDir Path dir;

    private PageStore store;
    private NbdServer server;
    private List<String> uris;

    @BeforeEach
    void serve() throws IOException {
        store = PageStore.open(StoreOptions.of("interop", SIZE));
        server =
                NbdServer.start(
                        NbdServer.Options.at(
                                UnixDomainSocketAddress.of(dir.resolve("nbd.sock")),
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        server.addExport("zram0", "compressed RAM", store, false);
        uris = server.addresses().stream().map(a -> NbdUri.of("zram0", a)).toList();
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.buffersLent()).isZero();
        store.close();
    }

    /** Real pages, rotated by {@code shift} so that no two images have equal pages in place. */
    private Path image(String name, int shift) throws IOException {
        List<byte[]> pages = SamplePages.all();
        Path file = dir.resolve(name);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            for (int i = 0; i < SIZE / Pages.SIZE; i++) {
                out.write(pages.get((i + shift) % pages.size()));
            }
        }
        return file;
    }

    private static String sha256(Path file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return HexFormat.of().formatHex(digest);
    }

    private String jq(Path json, String filter) throws Exception {
        return Tools.run(dir, "jq", "-c", filter, json.toString()).strip();
    }

    @Test
    void nbdinfoSeesEverythingThatIsAdvertised() throws Exception {
        for (String uri : uris) {
            Path json = Files.writeString(dir.resolve("info.json"), nbdinfo(uri, "--json"));
            assertThat(jq(json, "[.protocol,.structured]")).isEqualTo("[\"newstyle-fixed\",true]");
            assertThat(jq(json, ".exports[0] | [.\"export-name\",.description,.\"export-size\"]"))
                    .isEqualTo("[\"zram0\",\"compressed RAM\"," + SIZE + "]");
            assertThat(jq(json, ".exports[0].contexts")).isEqualTo("[\"base:allocation\"]");
            assertThat(
                            jq(
                                    json,
                                    ".exports[0] | [.can_cache,.can_df,.can_fast_zero,.can_flush,"
                                            + ".can_fua,.can_multi_conn,.can_trim,.can_zero] | all"))
                    .isEqualTo("true");
            assertThat(
                            jq(
                                    json,
                                    ".exports[0] | [.is_read_only,.block_size_minimum,"
                                            + ".block_size_preferred,.block_size_maximum]"))
                    .isEqualTo("[false,1,4096,33554432]");
        }
    }

    private String nbdinfo(String uri, String option) throws Exception {
        return Tools.run(dir, "nbdinfo", option, uri);
    }

    @Test
    void nbdinfoMapsDataAndHoles() throws Exception {
        assertThat(nbdinfo(uris.getFirst(), "--map").split("\\s+"))
                .contains("67108864", "3", "hole,zero");
        nbdsh(uris.getFirst(), "h.pwrite(b'x' * 8192, 4096)");
        assertThat(nbdinfo(uris.getFirst(), "--map").strip().replaceAll(" +", " "))
                .isEqualTo("0 4096 3 hole,zero\n 4096 8192 0 data\n 12288 67096576 3 hole,zero");
    }

    @Test
    void nbdcopyTakesPagesInAndOutUnchanged() throws Exception {
        Path in = image("in.img", 0);
        for (String uri : uris) {
            Path out = dir.resolve("out.img");
            Tools.run(dir, "nbdcopy", "--connections=4", "--threads=4", in.toString(), uri);
            assertThat(store.stats().origDataSize()).isGreaterThan(SIZE / 2);
            Tools.run(dir, "nbdcopy", "--connections=4", "--threads=4", uri, out.toString());
            assertThat(sha256(out)).isEqualTo(sha256(in));
            store.discard(0, SIZE);
        }
        assertThat(server.statistics().totalConnections()).isGreaterThanOrEqualTo(16);
    }

    @Test
    void qemuImgConvertsAndCompares() throws Exception {
        Path in = image("in.img", 5);
        Path out = dir.resolve("out.img");
        for (String uri : uris) {
            String raw = "raw";
            Tools.run(dir, "qemu-img", "convert", "-n", "-f", raw, "-O", raw, in.toString(), uri);
            assertThat(Tools.run(dir, "qemu-img", "compare", "-f", raw, "-F", raw, in + "", uri))
                    .contains("Images are identical");
            Tools.run(dir, "qemu-img", "convert", "-f", raw, "-O", raw, uri, out.toString());
            assertThat(sha256(out)).isEqualTo(sha256(in));
            store.discard(0, SIZE);
        }
    }

    @Test
    void fioVerifiesRandomRequestsOfMixedSizes() throws Exception {
        Path json = dir.resolve("fio.json");
        Tools.run(
                dir,
                "fio",
                "--name=verify",
                "--ioengine=nbd",
                "--uri=" + uris.getFirst(),
                "--rw=randrw",
                "--bsrange=512-256k",
                "--blockalign=512",
                "--iodepth=16",
                "--size=" + SIZE,
                "--verify=crc32c",
                "--verify_backlog=64",
                "--verify_fatal=1",
                "--time_based",
                "--runtime=20",
                "--output-format=json",
                "--output=" + json);
        assertThat(jq(json, ".jobs[0].error")).isEqualTo("0");
        assertThat(jq(json, ".jobs[0] | .read.total_ios > 1000 and .write.total_ios > 1000"))
                .isEqualTo("true");
    }

    private String nbdsh(String uri, String... lines) throws Exception {
        return Tools.run(dir, "nbdsh", "-u", uri, "-c", String.join("\n", lines));
    }

    @Test
    void nbdshRequestsThatAreWrongFailAndTheConnectionLives() throws Exception {
        server.addExport("ro", "", store, true);
        String check =
                """
                import errno
                h.set_strict_mode(0)
                def fails(expected, call):
                    try:
                        call()
                    except nbd.Error as error:
                        assert error.errno == expected, (error.errno, expected)
                    else:
                        assert False, 'no error'
                    assert h.aio_is_ready()
                size = h.get_size()
                """;
        nbdsh(
                uris.getFirst(),
                check,
                "fails('EINVAL', lambda: h.pread(1, size))",
                "fails('EINVAL', lambda: h.pread(4096, size - 512))",
                "fails('ENOSPC', lambda: h.pwrite(b'x' * 4096, size - 512))",
                "fails('ENOSPC', lambda: h.zero(4096, size))",
                "fails('EINVAL', lambda: h.trim(4096, size))",
                "fails('EINVAL', lambda: h.pread(33 << 20, 0))",
                "fails('EINVAL', lambda: h.pwrite(b'x' * (33 << 20), 0))",
                "fails('EINVAL', lambda: h.pread(0, 0))",
                "fails('EINVAL', lambda: h.pwrite(b'', 0))",
                "fails('EINVAL', lambda: h.trim(0, 0))",
                "fails('EINVAL', lambda: h.zero(0, 0))",
                "fails('EINVAL', lambda: h.block_status(4096, 0, lambda *a: 0))",
                "fails('EINVAL', lambda: h.pread(512, 0, nbd.CMD_FLAG_FAST_ZERO))",
                "fails('EINVAL', lambda: h.flush(nbd.CMD_FLAG_DF))",
                "fails('EINVAL', lambda: h.trim(512, 0, nbd.CMD_FLAG_NO_HOLE))",
                // Unaligned is not wrong: the minimum block size is 1.
                "h.pwrite(b'hello', 4093)",
                "assert h.pread(7, 4092) == b'\\0hello\\0'");
        nbdsh(
                NbdUri.of("ro", server.addresses().getFirst()),
                check,
                "fails('EPERM', lambda: h.pwrite(b'x' * 512, 0))",
                "fails('EPERM', lambda: h.trim(512, 0))",
                "assert h.pread(5, 4093) == b'hello'");
    }

    @Test
    void anUnknownCommandFailsAndTheConnectionLives() throws Exception {
        InetSocketAddress tcp = (InetSocketAddress) server.addresses().get(1);
        Tools.run(
                dir,
                "nbdsh",
                "-c",
                """
                import socket, struct
                s = socket.create_connection(('127.0.0.1', %d))
                f = s.makefile('rwb')
                f.read(18)
                f.write(struct.pack('>I8sII', 3, b'IHAVEOPT', 1, 5) + b'zram0')
                f.flush()
                f.read(10)
                def ask(command):
                    f.write(struct.pack('>IHHQQI', 0x25609513, 0, command, 42, 0, 0))
                    f.flush()
                    return struct.unpack('>IIQ', f.read(16))
                assert ask(99) == (0x67446698, 22, 42)
                assert ask(3) == (0x67446698, 0, 42)
                """
                        .formatted(tcp.getPort()));
    }

    @Test
    void aTrimGivesMemoryBack() throws Exception {
        Path in = image("in.img", 0);
        Tools.run(dir, "nbdcopy", in.toString(), uris.getFirst());
        long full = store.stats().memUsedTotal();
        nbdsh(uris.getFirst(), "h.trim(48 << 20, 0)", "h.flush()");
        assertThat(store.stats().memUsedTotal()).isLessThan(full / 2);
        nbdsh(uris.getFirst(), "h.zero(16 << 20, 48 << 20)");
        assertThat(store.stats().memUsedTotal()).isLessThan(full / 16);
        assertThat(store.stats().origDataSize()).isZero();
    }

    @Test
    void twoClientsOnOneRangeLeaveEveryPageToOneOfThem() throws Exception {
        Path first = image("first.img", 0);
        Path second = image("second.img", 1);
        Tools.Running one = Tools.start(dir, "nbdcopy", first.toString(), uris.get(0));
        Tools.Running two = Tools.start(dir, "nbdcopy", second.toString(), uris.get(1));
        one.succeed();
        two.succeed();
        Path out = dir.resolve("out.img");
        Tools.run(dir, "nbdcopy", uris.getFirst(), out.toString());
        byte[] a = Files.readAllBytes(first);
        byte[] b = Files.readAllBytes(second);
        byte[] both = Files.readAllBytes(out);
        for (int at = 0; at < SIZE; at += Pages.SIZE) {
            int end = at + Pages.SIZE;
            assertThat(
                            Arrays.equals(both, at, end, a, at, end)
                                    || Arrays.equals(both, at, end, b, at, end))
                    .as("page %d is one client's", at / Pages.SIZE)
                    .isTrue();
        }
    }
}
