package io.trueno.zram.ublk.uring;

import static io.trueno.zram.ublk.uring.UringAbi.CQE;
import static io.trueno.zram.ublk.uring.UringAbi.PARAMS;
import static io.trueno.zram.ublk.uring.UringAbi.SQE;
import static io.trueno.zram.ublk.uring.UringAbi.offset;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.trueno.zram.ublk.sys.Errno;
import io.trueno.zram.ublk.sys.Linux;
import io.trueno.zram.ublk.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * An io_uring ({@code io_uring(7)}): entries are put into the submission queue without a system
 * call, and {@link #submitAndWait} hands over all of them at once.
 *
 * <p><b>Threading.</b> One thread uses a ring. With {@link #forOneThread} it must be the thread
 * that made it: the kernel then runs completions only inside that thread's calls.
 *
 * <p>Nothing is allocated after the ring is made.
 */
public final class Uring implements AutoCloseable {
    /** Bytes of a command that fit an entry of a ring made by {@link #forOneThread}. */
    public static final int COMMAND_BYTES = 16;

    private static final VarHandle WORD = JAVA_INT.varHandle();

    private static final long OPCODE = offset(SQE, "opcode");
    private static final long FD = offset(SQE, "fd");
    private static final long COMMAND_CODE = offset(SQE, "cmd_op");
    private static final long POLL_EVENTS = offset(SQE, "uring_cmd_flags");
    private static final long USER_DATA = offset(SQE, "user_data");
    private static final long COMMAND = offset(SQE, "cmd");
    private static final int POLLIN = 1;

    private final int fd;
    private final MemorySegment rings;
    private final MemorySegment sqes;
    private final long sqeBytes;
    private final long sqHead;
    private final long sqTail;
    private final long sqFlags;
    private final int sqMask;
    private final long cqHead;
    private final long cqTail;
    private final long cqes;
    private final int cqMask;
    private int tail;
    private int submitted;
    private int head;
    private long systemCalls;

    /**
     * A ring whose entries and completions belong to the calling thread alone. An entry's command
     * has {@link #COMMAND_BYTES}.
     *
     * @param entries most entries between two submissions, a power of two
     * @throws SystemCallException if the kernel has no such ring (Linux 6.1 does)
     */
    public static Uring forOneThread(int entries) {
        return new Uring(
                entries,
                UringAbi.IORING_SETUP_SINGLE_ISSUER
                        | UringAbi.IORING_SETUP_DEFER_TASKRUN
                        | UringAbi.IORING_SETUP_TASKRUN_FLAG
                        | UringAbi.IORING_SETUP_SUBMIT_ALL);
    }

    /** A ring whose entries have room for commands of 80 bytes; threads may take turns. */
    public static Uring forLargeCommands(int entries) {
        return new Uring(entries, UringAbi.IORING_SETUP_SQE128 | UringAbi.IORING_SETUP_SUBMIT_ALL);
    }

    private Uring(int entries, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = arena.allocate(PARAMS);
            params.set(JAVA_INT, offset(PARAMS, "flags"), flags);
            fd = Linux.uringSetup(entries, params);
            long sqeSize = SQE.byteSize();
            sqeBytes = (flags & UringAbi.IORING_SETUP_SQE128) == 0 ? sqeSize : 2 * sqeSize;
            int sqEntries = word(params, "sq_entries");
            int cqEntries = word(params, "cq_entries");
            long sqArray = word(params, "sq_off", "array");
            cqes = word(params, "cq_off", "cqes");
            sqHead = word(params, "sq_off", "head");
            sqTail = word(params, "sq_off", "tail");
            sqFlags = word(params, "sq_off", "flags");
            cqHead = word(params, "cq_off", "head");
            cqTail = word(params, "cq_off", "tail");
            long ringBytes =
                    Math.max(
                            sqArray + (long) sqEntries * Integer.BYTES,
                            cqes + cqEntries * CQE.byteSize());
            try {
                if ((word(params, "features") & UringAbi.IORING_FEAT_SINGLE_MMAP) == 0) {
                    throw new SystemCallException("io_uring without one mapping", Errno.ENOSYS);
                }
                rings = map(ringBytes, UringAbi.IORING_OFF_SQ_RING);
                sqes = map(sqEntries * sqeBytes, UringAbi.IORING_OFF_SQES);
            } catch (RuntimeException e) {
                Linux.close(fd);
                throw e;
            }
            sqMask = rings.get(JAVA_INT, word(params, "sq_off", "ring_mask"));
            cqMask = rings.get(JAVA_INT, word(params, "cq_off", "ring_mask"));
            for (int i = 0; i < sqEntries; i++) {
                rings.setAtIndex(JAVA_INT, sqArray / Integer.BYTES + i, i);
            }
        }
    }

    private MemorySegment map(long bytes, long at) {
        int flags = Linux.MAP_SHARED | Linux.MAP_POPULATE;
        return Linux.map(bytes, Linux.PROT_READ | Linux.PROT_WRITE, flags, fd, at);
    }

    private static int word(MemorySegment params, String... path) {
        return params.get(JAVA_INT, offset(PARAMS, path));
    }

    /** Adds an entry that does nothing but complete. */
    public void nop(long userData) {
        next(UringAbi.IORING_OP_NOP, -1, userData);
    }

    /** Adds an entry that completes once {@code pollFd} can be read. */
    public void pollReadable(int pollFd, long userData) {
        long entry = next(UringAbi.IORING_OP_POLL_ADD, pollFd, userData);
        sqes.set(JAVA_INT, entry + POLL_EVENTS, POLLIN);
    }

    /**
     * Adds a command of two words to a file's driver.
     *
     * @param code of the command, in the driver's terms
     */
    public void command(int commandFd, int code, long first, long second, long userData) {
        long entry = next(UringAbi.IORING_OP_URING_CMD, commandFd, userData);
        sqes.set(JAVA_INT, entry + COMMAND_CODE, code);
        sqes.set(JAVA_LONG, entry + COMMAND, first);
        sqes.set(JAVA_LONG, entry + COMMAND + Long.BYTES, second);
    }

    /** Adds a command with up to 80 bytes, on a ring {@link #forLargeCommands}. */
    public void command(int commandFd, int code, MemorySegment bytes, long userData) {
        if (COMMAND + bytes.byteSize() > sqeBytes) {
            throw new IllegalArgumentException("command too long: bytes=" + bytes.byteSize());
        }
        long entry = next(UringAbi.IORING_OP_URING_CMD, commandFd, userData);
        sqes.set(JAVA_INT, entry + COMMAND_CODE, code);
        MemorySegment.copy(bytes, 0, sqes, entry + COMMAND, bytes.byteSize());
    }

    /** Begins an entry; all of it but these fields is zero. */
    private long next(int opcode, int entryFd, long userData) {
        if (tail - (int) WORD.getAcquire(rings, sqHead) > sqMask) {
            throw new IllegalStateException("submission queue is full: entries=" + (sqMask + 1));
        }
        long entry = (tail & sqMask) * sqeBytes;
        for (long at = 0; at < sqeBytes; at += Long.BYTES) {
            sqes.set(JAVA_LONG, entry + at, 0);
        }
        sqes.set(JAVA_BYTE, entry + OPCODE, (byte) opcode);
        sqes.set(JAVA_INT, entry + FD, entryFd);
        sqes.set(JAVA_LONG, entry + USER_DATA, userData);
        tail++;
        return entry;
    }

    /**
     * Hands over the entries added since the last call and waits for completions, with one system
     * call unless a signal interrupts it.
     *
     * @param completions how many to wait for; 0 to take what there is
     * @throws SystemCallException if the kernel takes no entries from this ring any more
     */
    public void submitAndWait(int completions) {
        WORD.setRelease(rings, sqTail, tail);
        do {
            int result =
                    Linux.uringEnter(
                            fd, tail - submitted, completions, UringAbi.IORING_ENTER_GETEVENTS);
            systemCalls++;
            if (result >= 0) {
                submitted += result;
            } else if (result != -Errno.EINTR && result != -Errno.EAGAIN) {
                throw new SystemCallException("io_uring_enter", -result);
            }
        } while (submitted != tail || (completions > 0 && ready() == 0));
    }

    /** Whether a call now would find completions; costs no system call. */
    public boolean hasWork() {
        return ready() > 0
                || ((int) WORD.getAcquire(rings, sqFlags) & UringAbi.IORING_SQ_TASKRUN) != 0;
    }

    /** Completions that can be looked at. */
    public int ready() {
        return (int) WORD.getAcquire(rings, cqTail) - head;
    }

    /** The {@code userData} of a completion, counted from the oldest. */
    public long userData(int index) {
        return rings.get(JAVA_LONG, completion(index));
    }

    /** The result of a completion, counted from the oldest: not negative, or a negated errno. */
    public int result(int index) {
        return rings.get(JAVA_INT, completion(index) + Long.BYTES);
    }

    private long completion(int index) {
        return cqes + ((head + index) & cqMask) * CQE.byteSize();
    }

    /** Gives the room of the oldest completions back. */
    public void release(int completions) {
        head += completions;
        WORD.setRelease(rings, cqHead, head);
    }

    /** System calls made so far. */
    public long systemCalls() {
        return systemCalls;
    }

    /** Cancels what is under way and frees the ring. */
    @Override
    public void close() {
        Linux.unmap(sqes);
        Linux.unmap(rings);
        Linux.close(fd);
    }
}
