package io.trueno.zram.engine.store;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM over records that leave the memory. A sealed record is
 *
 * <pre>
 * offset  bytes  field
 *      0     12  nonce: generation of the store, then a counter; never the same under one key
 *     12      n  cipher text
 * 12 + n     16  tag, over the text and the page's number
 * </pre>
 */
final class BackingCipher {
    static final int KEY_BYTES = 32;
    static final int NONCE_BYTES = 12;
    static final int TAG_BYTES = 16;

    private final SecretKeySpec key;
    private final int generation;
    private final AtomicLong counter = new AtomicLong();
    private final Spares<Cipher> ciphers = new Spares<>(BackingCipher::newCipher);

    /**
     * @param generation of the store: another for each process that uses the key
     */
    BackingCipher(SecretKeySpec key, long generation) {
        this.key = key;
        this.generation = (int) generation;
    }

    /** Seals {@code length} bytes; gives the record's bytes. */
    byte[] seal(byte[] plain, int length, long page) {
        byte[] sealed = new byte[NONCE_BYTES + length + TAG_BYTES];
        ByteBuffer.wrap(sealed).putInt(generation).putLong(counter.incrementAndGet());
        GCMParameterSpec nonce =
                new GCMParameterSpec(TAG_BYTES * Byte.SIZE, sealed, 0, NONCE_BYTES);
        Cipher cipher = ciphers.take();
        try {
            start(cipher, Cipher.ENCRYPT_MODE, nonce, page);
            cipher.doFinal(plain, 0, length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM does not work", e);
        } finally {
            ciphers.give(cipher);
        }
    }

    /**
     * Opens a sealed record.
     *
     * @param plain takes the plain bytes
     * @throws GeneralSecurityException if it is not what was sealed for this page
     */
    void open(byte[] sealed, int length, long page, byte[] plain) throws GeneralSecurityException {
        GCMParameterSpec nonce =
                new GCMParameterSpec(TAG_BYTES * Byte.SIZE, sealed, 0, NONCE_BYTES);
        Cipher cipher = ciphers.take();
        try {
            start(cipher, Cipher.DECRYPT_MODE, nonce, page);
            cipher.doFinal(sealed, NONCE_BYTES, length - NONCE_BYTES, plain, 0);
        } finally {
            ciphers.give(cipher);
        }
    }

    private void start(Cipher cipher, int mode, GCMParameterSpec nonce, long page)
            throws GeneralSecurityException {
        cipher.init(mode, key, nonce);
        cipher.updateAAD(ByteBuffer.allocate(Long.BYTES).putLong(0, page));
    }

    private static Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is missing", e);
        }
    }
}
