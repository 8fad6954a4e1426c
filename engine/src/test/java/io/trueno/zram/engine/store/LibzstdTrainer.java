package io.trueno.zram.engine.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The reference library's trainer. */
final class LibzstdTrainer implements DictionaryTrainer {
    @Override
    public byte[] train(MemorySegment pages, int count, int maxBytes)
            throws DictionaryTrainingException {
        byte[][] samples = new byte[count][Pages.SIZE];
        for (int i = 0; i < count; i++) {
            MemorySegment.copy(
                    pages, ValueLayout.JAVA_BYTE, (long) i * Pages.SIZE, samples[i], 0, Pages.SIZE);
        }
        byte[] dictionary = new byte[maxBytes];
        long length;
        try {
            length = Zstd.trainFromBuffer(samples, dictionary);
        } catch (ZstdException e) {
            throw new DictionaryTrainingException(String.valueOf(e.getMessage()));
        }
        if (Zstd.isError(length)) {
            throw new DictionaryTrainingException(Zstd.getErrorName(length));
        }
        return Arrays.copyOf(dictionary, (int) length);
    }
}
