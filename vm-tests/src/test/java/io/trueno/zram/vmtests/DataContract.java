package io.trueno.zram.vmtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written to a device comes back, whoever writes and however. */
abstract class DataContract extends VmTest {
    private static final int MIB = 1 << 20;
    private static final int PAGE = 4096;
    private static final int SIZE_MIB = 192;
    private static final int OTHER_MIB = 16;
    private static final int LAST_PAGE = OTHER_MIB * MIB / PAGE;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Transport transport;
    private String name;
    private String path;

    DataContract(Transport transport) {
        this.transport = transport;
    }

    @BeforeParameterizedClassInvocation
    void makeDevice() {
        JsonObject device = create(SIZE_MIB * MIB);
        name = device.get("name").getAsString();
        path = device.get("uri").getAsString();
    }

    private JsonObject create(int bytes) {
        JsonObject request = new JsonObject();
        request.addProperty("size_bytes", bytes);
        request.addProperty("backend", transport.backend());
        return agent.create(request);
    }

    @BeforeEach
    void emptyDevice() {
        guest.sh("blkdiscard " + path);
    }

    @ParameterizedTest
    @MethodSource("io.trueno.zram.vmtests.FioLoad#everyPair")
    void fioReadsBackWhatItWrote(FioLoad load) {
        guest.sh(LIMIT, load.script(path, SIZE_MIB));
    }

    @ParameterizedTest
    @MethodSource("io.trueno.zram.vmtests.FioLoad#all")
    @Tag("slow")
    void fioReadsBackWhatItWroteInEveryCombination(FioLoad load) {
        guest.sh(LIMIT, load.script(path, SIZE_MIB));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void fioReadsBackWhatItWroteInRequestsOfAllSizesAmongReads(int direct) {
        guest.sh(
                LIMIT,
                """
                fio --name=mixed --filename=%1$s --rw=randrw --bsrange=4k-1m --iodepth=16 --numjobs=4 --direct=%2$d \
                  --ioengine=libaio --verify=crc32c --verify_fatal=1 --verify_state_save=0 --do_verify=1 \
                  --size=%3$dm --offset_increment=%3$dm --io_size=8m --randrepeat=1 --randseed=7 --group_reporting
                """
                        .formatted(path, direct, SIZE_MIB / 4));
    }

    @Test
    void theLastPageOfASizeThatIsNoWholePageIsWhole() {
        JsonObject device = create(OTHER_MIB * MIB + 1);
        String other = device.get("uri").getAsString();
        try {
            guest.sh(
                    """
                    [ "$(blockdev --getsize64 %1$s)" = %2$d ]
                    head -c 4096 /dev/urandom >/run/page
                    dd if=/run/page of=%1$s bs=4096 seek=%3$d oflag=direct status=none
                    head -c 512 /dev/urandom | tee /run/sector | dd of=%1$s bs=512 seek=$((%3$d * 8 + 7)) conv=fsync status=none
                    dd if=/run/sector of=/run/page bs=512 seek=7 conv=notrunc status=none
                    blockdev --flushbufs %1$s
                    dd if=%1$s bs=4096 skip=%3$d status=none | cmp - /run/page
                    ! dd if=/run/page of=%1$s bs=4096 seek=%4$d conv=fsync status=none
                    """
                            .formatted(other, OTHER_MIB * MIB + PAGE, LAST_PAGE, LAST_PAGE + 1));
        } finally {
            agent.remove(device.get("name").getAsString());
        }
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
                LIMIT,
                """
                %2$s %1$s
                mkdir -p /mnt/fs
                mount %1$s /mnt/fs
                cp -r /usr/lib/x86_64-linux-gnu/perl-base /mnt/fs
                cd /mnt/fs
                find . -type f -exec sha256sum {} + >/run/sums
                sync
                cd /
                umount /mnt/fs
                blockdev --flushbufs %1$s
                mount %1$s /mnt/fs
                cd /mnt/fs
                sha256sum --quiet -c /run/sums
                cd /
                umount /mnt/fs
                %3$s %1$s
                """
                        .formatted(path, make, check));
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
