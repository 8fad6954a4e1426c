package io.trueno.zram.engine;

import java.lang.foreign.MemorySegment;

/**
 * Makes a Zstandard dictionary from sampled pages. The engine has none of its own and is given one
 * by its user; what comes out is judged by {@link DictionaryVerdict} before it is used. Runs for
 * seconds and allocates: not for threads that do I/O.
 */
public interface DictionaryTrainer {
    /** The most a dictionary may weigh in bytes. */
    int MAX_BYTES = 64 << 10;

    /**
     * Trains on pages.
     *
     * @param pages holds {@code count} pages back to back; not kept
     * @param maxBytes the most the dictionary may weigh, at most {@link #MAX_BYTES}
     * @return a dictionary in the format of RFC 8878, section 5
     * @throws DictionaryTrainingException if the pages are too few or too alike to learn from
     */
    byte[] train(MemorySegment pages, int count, int maxBytes) throws DictionaryTrainingException;

    /** No dictionary can be made of these pages. */
    final class DictionaryTrainingException extends Exception {
        private static final long serialVersionUID = 1;

        /**
         * @param message why not, and what to do
         */
        public DictionaryTrainingException(String message) {
            super(message);
        }
    }
}
