package io.trueno.zram.engine.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trueno.zram.engine.Pages;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageFeaturesTest {
    private final PageFeatures features = new PageFeatures();

    @Test
    void aPageOfZerosHasNothingElse() {
        sample(new byte[Pages.SIZE]);

        assertThat(get("zero-words")).isEqualTo(31);
        assertThat(get("zero-bytes")).isEqualTo(248);
        assertThat(get("text-bytes")).isZero();
        assertThat(get("high-bytes")).isZero();
        assertThat(get("word-buckets")).isEqualTo(1);
        assertThat(get("neighbours")).isEqualTo(31);
    }

    @Test
    void textIsCountedAsText() {
        byte[] page = new byte[Pages.SIZE];
        Arrays.fill(page, (byte) 'z');
        page[8] = 0x1F; // the first byte that is sampled
        page[9] = (byte) 0xA0;

        sample(page);

        assertThat(get("text-bytes")).isEqualTo(246);
        assertThat(get("high-bytes")).isEqualTo(1);
        assertThat(get("zero-bytes")).isZero();
    }

    @Test
    void randomBytesFillTheBuckets() {
        byte[] page = new byte[Pages.SIZE];
        new Random(7).nextBytes(page);

        sample(page);

        assertThat(get("word-buckets")).isBetween(15, 30);
        assertThat(get("high-bytes")).isBetween(94, 154);
        assertThat(get("neighbours")).isZero();
    }

    @Test
    void aPageThatDoesNotLieInTheSegmentIsRefused() {
        MemorySegment page = MemorySegment.ofArray(new byte[Pages.SIZE]);

        assertThatThrownBy(() -> features.sample(page, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private void sample(byte[] page) {
        features.sample(MemorySegment.ofArray(page), 0);
    }

    private int get(String feature) {
        return features.get(PageFeatures.NAMES.indexOf(feature));
    }
}
