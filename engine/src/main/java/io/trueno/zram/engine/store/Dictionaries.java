package io.trueno.zram.engine.store;

import io.trueno.zram.engine.CorruptPageException;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.engine.codec.zstd.ZstdDictionary;
import io.trueno.zram.engine.memory.MemoryFailure;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The dictionaries of a store, by number. They lie in the store file, 64 KiB of address space each,
 * and a directory word publishes each of them:
 *
 * <pre>
 * 63..32   CRC32C of the dictionary, mixed with its number and length
 * 31..0    length in bytes; a word of zero is a free number
 * </pre>
 *
 * The bytes are stored before the word, and the word before any slot that needs it; so a process
 * that is killed leaves a dictionary whole or its number free. One that no longer matches its word
 * is kept, unusable, for as long as its number stands in slots: their pages cannot be read, and no
 * other dictionary is taken for it.
 *
 * <p>Threading: {@link #get} from any thread; {@link #adopt} and {@link #drop} from one at a time.
 */
final class Dictionaries {
    /** Most dictionaries at a time. */
    static final int MOST = 32;

    /** Bytes of the file that they lie in. */
    static final long BYTES = (long) MOST * DictionaryTrainer.MAX_BYTES;

    /** Answer of {@link #adopt}: every number is taken, or there is no memory. */
    static final int NONE = -1;

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();
    private static final int CRC_SHIFT = 32;
    private static final long LENGTH_MASK = (1L << CRC_SHIFT) - 1;

    private final StoreFile file;
    private final MemorySegment directory;
    private final MemorySegment contents;
    private final SimdBackend backend;
    private final AtomicReferenceArray<@Nullable StoreDictionary> loaded =
            new AtomicReferenceArray<>(MOST);

    /** Finds what an earlier process adopted; gives the memory of all else back. */
    Dictionaries(StoreFile file, SimdBackend backend) {
        this.file = file;
        this.backend = backend;
        directory = file.directory();
        contents = file.dictionaries();
        for (int number = 0; number < MOST; number++) {
            if (word(number) == 0) {
                punch(number);
            } else {
                loaded.set(number, load(number));
            }
        }
    }

    /** A dictionary that pages may be read with; null if there is none or it is damaged. */
    @Nullable StoreDictionary get(int number) {
        return number < 0 || number >= MOST ? null : loaded.get(number);
    }

    /** Whether a number stands for a dictionary, be it damaged. */
    boolean isTaken(int number) {
        return word(number) != 0;
    }

    /** How many there are. */
    int count() {
        int count = 0;
        for (int number = 0; number < MOST; number++) {
            count += isTaken(number) ? 1 : 0;
        }
        return count;
    }

    /** Bytes of memory that they take in the file. */
    long usedBytes() {
        long bytes = 0;
        for (int number = 0; number < MOST; number++) {
            bytes += Pages.count(storedBytes(number)) << Pages.SHIFT;
        }
        return bytes;
    }

    /**
     * Keeps a dictionary.
     *
     * @param bytes 1 to {@link DictionaryTrainer#MAX_BYTES}
     * @return its number, or {@link #NONE}
     * @throws CorruptPageException if it is not a dictionary
     * @throws IllegalArgumentException if it has too little content
     */
    int adopt(byte[] bytes) {
        ZstdDictionary parsed = ZstdDictionary.parse(bytes);
        for (int number = 0; number < MOST; number++) {
            if (word(number) == 0) {
                try {
                    file.populateDictionaries(offset(number), bytes.length);
                } catch (MemoryFailure e) {
                    punch(number);
                    return NONE;
                }
                int crc = crc(bytes, number);
                StoreDictionary ready = new StoreDictionary(number, crc, parsed, backend);
                MemorySegment.copy(
                        bytes, 0, contents, ValueLayout.JAVA_BYTE, offset(number), bytes.length);
                WORD.setRelease(
                        directory,
                        (long) number * Long.BYTES,
                        (long) crc << CRC_SHIFT | bytes.length);
                loaded.set(number, ready);
                return number;
            }
        }
        return NONE;
    }

    /** Gives up a dictionary that no page needs and nobody can be about to read a page with. */
    void drop(int number) {
        loaded.set(number, null);
        WORD.setRelease(directory, (long) number * Long.BYTES, 0L);
        punch(number);
    }

    /** Zeroes all of them; nobody uses them any more. */
    void erase() {
        for (int number = 0; number < MOST; number++) {
            if (isTaken(number)) {
                contents.asSlice(offset(number), storedBytes(number)).fill((byte) 0);
            }
        }
    }

    /** Bytes of a dictionary, be it damaged. */
    private long storedBytes(int number) {
        return Math.min(word(number) & LENGTH_MASK, DictionaryTrainer.MAX_BYTES);
    }

    private long word(int number) {
        return (long) WORD.getAcquire(directory, (long) number * Long.BYTES);
    }

    private @Nullable StoreDictionary load(int number) {
        long word = word(number);
        long length = word & LENGTH_MASK;
        if (length > DictionaryTrainer.MAX_BYTES) {
            return null;
        }
        byte[] bytes = new byte[(int) length];
        MemorySegment.copy(contents, ValueLayout.JAVA_BYTE, offset(number), bytes, 0, bytes.length);
        int crc = crc(bytes, number);
        if (crc != (int) (word >>> CRC_SHIFT)) {
            return null;
        }
        try {
            return new StoreDictionary(number, crc, ZstdDictionary.parse(bytes), backend);
        } catch (CorruptPageException | IllegalArgumentException e) {
            return null; // checked out, so some other program's: no page can be read with it
        }
    }

    private static long offset(int number) {
        return (long) number * DictionaryTrainer.MAX_BYTES;
    }

    private void punch(int number) {
        file.punchDictionaries(offset(number), DictionaryTrainer.MAX_BYTES);
    }

    private static int crc(byte[] bytes, int number) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return (int) (crc.getValue() ^ PageEntry.mix((long) bytes.length << 8 | number));
    }
}
