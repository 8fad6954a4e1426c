package io.trueno.zram.agent.dictionary;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The reference library's trainer. Stateless, for any number of threads. */
public final class ZstdJniDictionaryTrainer implements DictionaryTrainer {
    @Override
    public byte[] train(MemorySegment pages, int count, int maxBytes)
            throws DictionaryTrainingException {
        if (maxBytes < 1 || maxBytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a dictionary weighs 1 to " + MAX_BYTES + " bytes: maxBytes=" + maxBytes);
        }
        byte[][] samples = new byte[count][Pages.SIZE];
        for (int i = 0; i < count; i++) {
            MemorySegment.copy(
                    pages, ValueLayout.JAVA_BYTE, (long) i * Pages.SIZE, samples[i], 0, Pages.SIZE);
        }
        byte[] dictionary = new byte[maxBytes];
        long length = trainOrError(samples, dictionary);
        if (Zstd.isError(length)) {
            throw new DictionaryTrainingException(
                    "no dictionary from "
                            + count
                            + " pages ("
                            + Zstd.getErrorName(length)
                            + "): sample more pages, or more different ones");
        }
        return Arrays.copyOf(dictionary, Math.toIntExact(length));
    }

    /** The binding throws for some failures and returns others. */
    private static long trainOrError(byte[][] samples, byte[] dictionary)
            throws DictionaryTrainingException {
        try {
            return Zstd.trainFromBuffer(samples, dictionary);
        } catch (ZstdException e) {
            throw new DictionaryTrainingException(
                    "no dictionary from "
                            + samples.length
                            + " pages ("
                            + e.getMessage()
                            + "): sample more pages, or more different ones");
        }
    }
}
