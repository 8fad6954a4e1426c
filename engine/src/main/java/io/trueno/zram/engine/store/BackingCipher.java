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

    /**
     * @param generation of the store: another for each process that uses the key
     */
    BackingCipher(SecretKeySpec key, long generation) {
        this.key = key;
        this.generation = (int) generation;
    }

    /** Seals {@code length} bytes; gives the record's bytes. */
    byte[] seal(byte[] plain, int length, long page) {
        byte[] nonce = new byte[NONCE_BYTES];
        ByteBuffer.wrap(nonce).putInt(generation).putLong(counter.incrementAndGet());
        byte[] sealed = new byte[NONCE_BYTES + length + TAG_BYTES];
        System.arraycopy(nonce, 0, sealed, 0, NONCE_BYTES);
        try {
            cipher(Cipher.ENCRYPT_MODE, nonce, page).doFinal(plain, 0, length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM does not work", e);
        }
    }

    /**
     * Opens a sealed record.
     *
     * @return the plain bytes
     * @throws GeneralSecurityException if it is not what was sealed for this page
     */
    byte[] open(byte[] sealed, int length, long page) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE_BYTES];
        System.arraycopy(sealed, 0, nonce, 0, NONCE_BYTES);
        return cipher(Cipher.DECRYPT_MODE, nonce, page)
                .doFinal(sealed, NONCE_BYTES, length - NONCE_BYTES);
    }

    private Cipher cipher(int mode, byte[] nonce, long page) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(ByteBuffer.allocate(Long.BYTES).putLong(0, page));
        return cipher;
    }
}
