package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written to a device comes back, whoever writes and however. */
abstract class DataContract extends VmTest {
    private static final int SIZE_MIB = 192;

    private final Transport transport;
    private String name;
    private String path;

    DataContract(Transport transport) {
        this.transport = transport;
    }

    @BeforeParameterizedClassInvocation
    void makeDevice() {
        JsonObject request = new JsonObject();
        request.addProperty("size_bytes", SIZE_MIB << 20);
        request.addProperty("backend", transport.backend());
        JsonObject device = agent.create(request);
        name = device.get("name").getAsString();
        path = device.get("uri").getAsString();
    }

    @BeforeEach
    void emptyDevice() {
        guest.sh("blkdiscard " + path);
    }

    @ParameterizedTest(name = "{0} bs={1} iodepth={2} numjobs={3} direct={4}, {5} MiB each")
    @CsvSource({
        "randwrite, 4k, 1, 1, 1, 2",
        "randwrite, 4k, 32, 4, 1, 2",
        "randwrite, 64k, 128, 1, 1, 16",
        "write, 1m, 4, 1, 1, 32",
        "write, 4k-1m, 16, 4, 1, 8",
        "randwrite, 4k, 1, 1, 0, 4",
        "randrw, 4k-64k, 16, 1, 0, 8",
    })
    void fioReadsBackWhatItWrote(String rw, String bs, int depth, int jobs, int direct, int mib) {
        guest.sh(
                Duration.ofMinutes(3),
                """
                fio --name=verify --filename=%s --rw=%s --bs=%s --iodepth=%d --numjobs=%d --direct=%d \
                  --ioengine=libaio --verify=crc32c --verify_fatal=1 --do_verify=1 --buffer_compress_percentage=60 \
                  --size=%dm --offset_increment=%dm --io_size=%dm --randrepeat=1 --randseed=7 --group_reporting
                """
                        .formatted(
                                path,
                                rw,
                                bs,
                                depth,
                                jobs,
                                direct,
                                SIZE_MIB / jobs,
                                SIZE_MIB / jobs,
                                mib));
    }

    @Test
    void ext4KeepsFilesAndIsClean() {
        fileSystemKeepsFiles("mkfs.ext4 -q", "e2fsck -fn");
    }

    @Test
    void xfsKeepsFilesAndIsClean() {
        // xfs wants 300 MiB unless it is told that this is a test.
        fileSystemKeepsFiles(
                "env TEST_DIR=1 TEST_DEV=1 QA_CHECK_FS=1 mkfs.xfs -q -f", "xfs_repair -n");
    }

    private void fileSystemKeepsFiles(String make, String check) {
        guest.sh(
                Duration.ofMinutes(3),
                """
                %s %s
                mkdir -p /mnt/fs
                mount %s /mnt/fs
                cp -r /usr/lib/x86_64-linux-gnu/perl-base /mnt/fs
                cd /mnt/fs
                find . -type f -exec sha256sum {} + >/run/sums
                sync
                cd /
                umount /mnt/fs
                echo 3 >/proc/sys/vm/drop_caches
                mount %s /mnt/fs
                cd /mnt/fs
                sha256sum --quiet -c /run/sums
                cd /
                umount /mnt/fs
                %s %s
                """
                        .formatted(make, path, path, path, check, path));
    }

    @Test
    void discardGivesTheMemoryBack() {
        guest.sh(
                "cat '%s'/*.pages | dd of=%s bs=64k iflag=fullblock oflag=direct conv=fsync status=none"
                        .formatted(System.getProperty("trueno.zram.pages"), path));
        assertThat(stat("orig_data_size")).isGreaterThan(2 << 20);
        guest.sh("blkdiscard " + path);
        assertThat(stat("orig_data_size")).isZero();
        assertThat(stat("compr_data_size")).isZero();
        assertThat(guest.sh("cmp -n 1048576 %s /dev/zero && echo zero".formatted(path)))
                .isEqualTo("zero");
    }

    private long stat(String counter) {
        return agent.device(name).getAsJsonObject("stats").get(counter).getAsLong();
    }
}
