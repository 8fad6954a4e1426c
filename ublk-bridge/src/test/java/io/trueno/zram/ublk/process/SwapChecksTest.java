package io.trueno.zram.ublk.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SwapChecksTest {
    @Test
    void everyConditionIsLookedAtAndSaysWhatToDo() {
        assertThat(SwapChecks.all(Path.of("/run")))
                .extracting(SwapCheck::name)
                .containsExactly(
                        "io-flusher",
                        "memory-locked",
                        "oom-score",
                        "mount-namespace",
                        "devices-unswappable",
                        "watermark-boost");
        assertThat(SwapChecks.all(Path.of("/run")))
                .allSatisfy(check -> {
                    assertThat(check.detail()).isNotEmpty();
                    assertThat(check.remedy().isEmpty()).isEqualTo(check.holds());
                });
    }

    @Test
    void theBoostOfWatermarksIsToldAsTheKernelWritesIt() throws Exception {
        Process kernels = new ProcessBuilder("cat", "/proc/sys/vm/watermark_boost_factor").start();
        String factor = new String(kernels.getInputStream().readAllBytes(), UTF_8);
        assertThat(WatermarkBoost.check().detail())
                .isEqualTo("vm.watermark_boost_factor is " + factor.strip());
    }

    @Test
    void aLineOfTheMapsIsReadWhateverTheFileIsCalled() {
        assertThat(MappedRange.parse("7f00a000-7f00c000 r-xp 00001000 fe:00 42   /a b/libjvm.so"))
                .isEqualTo(new MappedRange(0x7f00a000L, 0x2000, "r-xp", "/a b/libjvm.so"));
        assertThat(MappedRange.parse("7f00a000-7f00c000 rw-p 00000000 00:00 0 "))
                .returns("", MappedRange::file)
                .returns(true, MappedRange::isReadablePrivate);
        assertThat(MappedRange.parse("7f00a000-7f00c000 rw-s 00000000 00:00 7 /run/pages"))
                .returns(false, MappedRange::isReadablePrivate);
        assertThat(MappedRange.parse("ffffffffff600000-ffffffffff601000 --xp 0 00:00 0 [vsyscall]"))
                .returns(0xffffffffff600000L, MappedRange::start)
                .returns(4096L, MappedRange::bytes)
                .returns(false, MappedRange::isReadablePrivate);
    }
}
