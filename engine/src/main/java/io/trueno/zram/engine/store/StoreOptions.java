package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.SelectionPolicy;
import io.trueno.zram.engine.SimdBackend;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a store is opened.
 *
 * @param name of the device, such as {@code zram0}: shown in {@code /proc/PID/maps} and thread
 *     names
 * @param sizeBytes of the device, at least 1
 * @param algorithm of a new store: what pages are compressed with, or {@link Algorithm#ADAPTIVE}
 *     for what the policy expects most from, page by page; a store found in a file keeps its own
 * @param policy of a new store: what to be good at; a store found in a file keeps its own
 * @param backend SIMD backend of the codecs
 * @param memLimitBytes most arena memory to hold, 0 for no limit
 * @param headroomBytes arena memory that is mapped ahead of its use, as far as the limit allows and
 *     the device can need it; kept from being swapped out, with all other memory of the store,
 *     where {@code RLIMIT_MEMLOCK} allows that. 0 for neither
 * @param trainer makes dictionaries for recompression; without one there are only those that the
 *     store's file holds
 * @param file where to keep the pages, on a memory file system that can punch holes (tmpfs); if
 *     empty, in memory that ends with the process
 */
public record StoreOptions(
        String name,
        long sizeBytes,
        Algorithm algorithm,
        SelectionPolicy policy,
        SimdBackend backend,
        long memLimitBytes,
        long headroomBytes,
        Optional<DictionaryTrainer> trainer,
        Optional<Path> file) {
    /** Headroom unless another is asked for. */
    public static final long DEFAULT_HEADROOM_BYTES = 64 << 20;

    /** The same, kept in a file that outlives the process. */
    public StoreOptions withFile(Path path) {
        return new StoreOptions(
                name,
                sizeBytes,
                algorithm,
                policy,
                backend,
                memLimitBytes,
                headroomBytes,
                trainer,
                Optional.of(path));
    }

    /** The same with somebody to make dictionaries. */
    public StoreOptions withTrainer(DictionaryTrainer wanted) {
        return new StoreOptions(
                name,
                sizeBytes,
                algorithm,
                policy,
                backend,
                memLimitBytes,
                headroomBytes,
                Optional.of(wanted),
                file);
    }

    /** The same under a policy that chooses the codec of every page. */
    public StoreOptions withPolicy(SelectionPolicy wanted) {
        return new StoreOptions(
                name,
                sizeBytes,
                Algorithm.ADAPTIVE,
                wanted,
                backend,
                memLimitBytes,
                headroomBytes,
                trainer,
                file);
    }

    /** The same with another headroom. */
    public StoreOptions withHeadroom(long bytes) {
        return new StoreOptions(
                name, sizeBytes, algorithm, policy, backend, memLimitBytes, bytes, trainer, file);
    }

    /** Checks the ranges. */
    public StoreOptions {
        if (sizeBytes < 1) {
            throw new IllegalArgumentException(
                    "a device needs at least one byte: sizeBytes=" + sizeBytes);
        }
        if (memLimitBytes < 0) {
            throw new IllegalArgumentException(
                    "negative memory limit: memLimitBytes=" + memLimitBytes);
        }
        requireHeadroom(headroomBytes);
        new WriteMethod(algorithm, policy).requireCodec(backend);
    }

    /** One algorithm for every page, in memory that ends with the process. */
    public StoreOptions(
            String name,
            long sizeBytes,
            Algorithm algorithm,
            SimdBackend backend,
            long memLimitBytes) {
        this(
                name,
                sizeBytes,
                algorithm,
                SelectionPolicy.SPEED,
                backend,
                memLimitBytes,
                DEFAULT_HEADROOM_BYTES,
                Optional.empty(),
                Optional.empty());
    }

    /** LZ4 on the widest backend, without a limit, in memory that ends with the process. */
    public static StoreOptions of(String name, long sizeBytes) {
        return new StoreOptions(name, sizeBytes, Algorithm.LZ4, SimdBackend.detect(), 0);
    }

    static void requireHeadroom(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative headroom: headroomBytes=" + bytes);
        }
    }
}
