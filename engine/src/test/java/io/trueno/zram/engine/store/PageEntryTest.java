package io.trueno.zram.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageEntryTest {
    @Test
    void aSlotEntryGivesBackItsFields() {
        long last = PageEntry.ADDRESS_SPACE - PageEntry.ADDRESS_UNIT;
        for (long address : new long[] {0, 4, 4096, last}) {
            for (int length : new int[] {1, 1660, 4096}) {
                long entry = PageEntry.slot(PageEntry.LZ4, length, address);
                assertThat(PageEntry.kind(entry)).isEqualTo(PageEntry.LZ4);
                assertThat(PageEntry.isSlot(entry)).isTrue();
                assertThat(PageEntry.packedLength(entry)).isEqualTo(length);
                assertThat(PageEntry.address(entry)).isEqualTo(address);
                assertThat(PageEntry.isIntactSlot(entry, PageEntry.ADDRESS_SPACE))
                        .isEqualTo(
                                address + SlotLayout.slotBytes(length) <= PageEntry.ADDRESS_SPACE);
            }
        }
    }

    @Test
    void anyFlippedBitIsNoticedInASlotEntry() {
        long entry = PageEntry.slot(PageEntry.LZ4, 1660, 1 << 20);
        for (int bit = 0; bit < 64; bit++) {
            assertThat(PageEntry.isIntactSlot(entry ^ 1L << bit, PageEntry.ADDRESS_SPACE))
                    .as("bit %d", bit)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 0x7fff_ffffL, -0x8000_0000L, 0xabcd_ef01_abcd_ef01L})
    void aFillEntryGivesBackItsWord(long word) {
        assertThat(PageEntry.fitsFill(word)).isTrue();
        long entry = PageEntry.fill(word, 77);
        assertThat(PageEntry.isSlot(entry)).isFalse();
        assertThat(PageEntry.isIntactFill(entry, 77)).isTrue();
        assertThat(PageEntry.fillWord(entry)).isEqualTo(word);
    }

    @Test
    void aFlippedBitOrAnotherPageIsNoticedInAFillEntry() {
        long entry = PageEntry.fill(0x41, 5);
        assertThat(PageEntry.isIntactFill(entry, 6)).isFalse();
        for (int bit = 0; bit < 60; bit++) {
            assertThat(PageEntry.isIntactFill(entry ^ 1L << bit, 5)).as("bit %d", bit).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 32, 0x8000_0000L, 0x0123_4567_89ab_cdefL})
    void otherWordsNeedASlot(long word) {
        assertThat(PageEntry.fitsFill(word)).isFalse();
    }
}
