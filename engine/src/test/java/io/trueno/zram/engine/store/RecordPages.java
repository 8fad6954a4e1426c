package io.trueno.zram.engine.store;

import io.trueno.zram.engine.Pages;
import java.util.Random;

/**
 * Pages of records that one program might keep: picked at random from a fixed set, with a counter
 * of their own. A dictionary gains much on them, and so do neighbours.
 */
final class RecordPages {
    private static final int RECORD = 64;
    private static final byte[][] RECORDS = records();

    private RecordPages() {}

    private static byte[][] records() {
        Random random = new Random(7);
        byte[][] records = new byte[256][RECORD];
        for (byte[] record : records) {
            for (int i = 0; i < RECORD / 2; i++) {
                record[i] = (byte) random.nextInt(256);
            }
        }
        return records;
    }

    /** Fills a page; the same seed gives the same page. */
    static void fill(byte[] page, long seed) {
        Random random = new Random(seed);
        for (int at = 0; at < Pages.SIZE; at += RECORD) {
            byte[] record = RECORDS[random.nextInt(RECORDS.length)];
            System.arraycopy(record, 0, page, at, RECORD);
            page[at + RECORD - 1] = (byte) random.nextInt(256);
        }
    }

    /** A page for a seed. */
    static byte[] of(long seed) {
        byte[] page = new byte[Pages.SIZE];
        fill(page, seed);
        return page;
    }
}
