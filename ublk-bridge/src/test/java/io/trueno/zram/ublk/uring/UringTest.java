package io.trueno.zram.ublk.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.ublk.sys.Errno;
import io.trueno.zram.ublk.sys.Linux;
import io.trueno.zram.ublk.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against the kernel of this machine. */
@Timeout(60)
class UringTest {
    private static final int ENTRIES = 8;

    @Test
    void aBatchTakesOneSystemCallAndComesBackWhole() {
        try (Uring ring = Uring.forOneThread(ENTRIES)) {
            long next = 0;
            for (int batch = 1; batch <= 1000; batch++) {
                for (int i = 0; i < ENTRIES; i++) {
                    ring.nop(next + i);
                }
                ring.submitAndWait(ENTRIES);
                assertThat(ring.ready()).isEqualTo(ENTRIES);
                for (int i = 0; i < ENTRIES; i++) {
                    assertThat(ring.userData(i)).isEqualTo(next + i);
                    assertThat(ring.result(i)).isZero();
                }
                ring.release(ENTRIES);
                next += ENTRIES;
                assertThat(ring.systemCalls()).isEqualTo(batch);
            }
        }
    }

    @Test
    void anEntryThatDoesNotFitIsOurBug() {
        try (Uring ring = Uring.forOneThread(ENTRIES)) {
            for (int i = 0; i < ENTRIES; i++) {
                ring.nop(i);
            }
            assertThatThrownBy(() -> ring.nop(ENTRIES)).isInstanceOf(IllegalStateException.class);
            ring.submitAndWait(ENTRIES);
            ring.nop(ENTRIES);
        }
    }

    @Test
    void aPolledDescriptorCompletesWhenItCanBeRead() {
        int event = Linux.eventfd();
        try (Uring ring = Uring.forOneThread(ENTRIES);
                Arena arena = Arena.ofConfined()) {
            ring.pollReadable(event, 42);
            ring.submitAndWait(0);
            assertThat(ring.ready()).isZero();
            Linux.write(event, arena.allocateFrom(ValueLayout.JAVA_LONG, 1));
            ring.submitAndWait(1);
            assertThat(ring.userData(0)).isEqualTo(42);
            assertThat(ring.result(0)).isPositive();
        } finally {
            Linux.close(event);
        }
    }

    @Test
    void aCommandToAFileThatTakesNoneFails() {
        int event = Linux.eventfd();
        try (Uring ring = Uring.forLargeCommands(2);
                Arena arena = Arena.ofConfined()) {
            MemorySegment command = arena.allocate(80);
            ring.command(event, 1, command, 7);
            ring.submitAndWait(1);
            assertThat(ring.userData(0)).isEqualTo(7);
            assertThat(ring.result(0)).isEqualTo(-Errno.EOPNOTSUPP);
            MemorySegment tooLong = arena.allocate(81);
            assertThatThrownBy(() -> ring.command(event, 1, tooLong, 8))
                    .isInstanceOf(IllegalArgumentException.class);
        } finally {
            Linux.close(event);
        }
    }

    @Test
    void whatTheKernelRefusesSaysWhatAndWhy() {
        assertThatThrownBy(() -> Uring.forOneThread(-1))
                .isInstanceOf(SystemCallException.class)
                .hasMessage("io_uring_setup: Invalid argument");
        assertThatThrownBy(() -> Linux.open("/nonexistent/file", Linux.O_RDWR))
                .hasMessage("open /nonexistent/file: No such file or directory");
    }
}
