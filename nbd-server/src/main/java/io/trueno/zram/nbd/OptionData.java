package io.trueno.zram.nbd;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the fields of an option's data, each of which may be missing, cut off or nonsense. */
final class OptionData {
    private final ByteBuf data;

    /**
     * @param data read as the fields are; stays the caller's
     */
    OptionData(ByteBuf data) {
        this.data = data;
    }

    /** A 32-bit length and that many bytes of text, null if they are not that. */
    @Nullable String string() {
        long length = unsignedInt();
        return length < 0 || length > data.readableBytes() ? null : text((int) length);
    }

    /** Everything that is left as text, null if it is none. */
    @Nullable String rest() {
        return text(data.readableBytes());
    }

    /** A 32-bit number, -1 if there is none. */
    long unsignedInt() {
        return data.readableBytes() < 4 ? -1 : data.readUnsignedInt();
    }

    /** A 16-bit number, -1 if there is none. */
    int unsignedShort() {
        return data.readableBytes() < 2 ? -1 : data.readUnsignedShort();
    }

    private @Nullable String text(int length) {
        if (length > NbdProtocol.MAX_STRING_BYTES) {
            return null;
        }
        byte[] bytes = new byte[length];
        data.readBytes(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
