package io.trueno.zram.agent.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.DictionaryTrainer;
import io.trueno.zram.engine.DictionaryTrainer.DictionaryTrainingException;
import io.trueno.zram.engine.Pages;
import io.trueno.zram.engine.SamplePages;
import io.trueno.zram.engine.codec.zstd.ZstdDictionary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZstdJniDictionaryTrainerTest {
    private final DictionaryTrainer trainer = new ZstdJniDictionaryTrainer();

    @Test
    void theEngineReadsWhatItTrains() throws Exception {
        List<byte[]> pages = SamplePages.of(SamplePages.files().getFirst());

        byte[] dictionary = trainer.train(backToBack(pages), pages.size(), 8192);

        assertThat(dictionary).hasSizeBetween(1, 8192);
        assertThat(ZstdDictionary.parse(dictionary).id()).isNotZero();
    }

    @Test
    void tooFewPagesAreRefusedWithAWayOut() {
        List<byte[]> pages = List.of(new byte[Pages.SIZE]);

        assertThatThrownBy(() -> trainer.train(backToBack(pages), 1, 8192))
                .isInstanceOf(DictionaryTrainingException.class)
                .hasMessageContaining("sample more pages");
    }

    private static MemorySegment backToBack(List<byte[]> pages) {
        MemorySegment memory = Arena.ofAuto().allocate((long) pages.size() * Pages.SIZE);
        for (int i = 0; i < pages.size(); i++) {
            MemorySegment.copy(
                    MemorySegment.ofArray(pages.get(i)),
                    0,
                    memory,
                    (long) i * Pages.SIZE,
                    Pages.SIZE);
        }
        return memory;
    }
}
