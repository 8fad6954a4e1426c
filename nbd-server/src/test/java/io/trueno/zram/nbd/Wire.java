package io.trueno.zram.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a client says and hears, byte for byte, written apart from the server's own code. */
final class Wire {
    static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;

    private Wire() {}

    static ByteBuf clientFlags(int flags) {
        return Unpooled.buffer().writeInt(flags);
    }

    static ByteBuf option(int option, ByteBuf data) {
        return optionHeader(option, data.readableBytes()).writeBytes(data);
    }

    static ByteBuf option(int option) {
        return option(option, Unpooled.EMPTY_BUFFER);
    }

    static ByteBuf optionHeader(int option, int length) {
        return Unpooled.buffer()
                .writeBytes("IHAVEOPT".getBytes(StandardCharsets.US_ASCII))
                .writeInt(option)
                .writeInt(length);
    }

    static ByteBuf string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Unpooled.buffer().writeInt(bytes.length).writeBytes(bytes);
    }

    static ByteBuf infoData(String name, int... kinds) {
        ByteBuf data = string(name).writeShort(kinds.length);
        for (int kind : kinds) {
            data.writeShort(kind);
        }
        return data;
    }

    static ByteBuf contextData(String name, String... queries) {
        ByteBuf data = string(name).writeInt(queries.length);
        for (String query : queries) {
            data.writeBytes(string(query));
        }
        return data;
    }

    static ByteBuf request(int flags, int type, long cookie, long offset, long length) {
        return Unpooled.buffer()
                .writeInt(0x25609513)
                .writeShort(flags)
                .writeShort(type)
                .writeLong(cookie)
                .writeLong(offset)
                .writeInt((int) length);
    }

    static ByteBuf write(int flags, long cookie, long offset, byte[] payload) {
        return request(flags, 1, cookie, offset, payload.length).writeBytes(payload);
    }

    /** A reply to an option. */
    record OptionReply(int option, int type, ByteBuf data) {
        static List<OptionReply> readAll(ByteBuf in) {
            List<OptionReply> replies = new ArrayList<>();
            while (in.isReadable()) {
                if (in.readLong() != OPTION_REPLY_MAGIC) {
                    throw new AssertionError("bad option reply magic");
                }
                int option = in.readInt();
                int type = in.readInt();
                replies.add(new OptionReply(option, type, in.readBytes(in.readInt())));
            }
            return replies;
        }

        String text() {
            return data.toString(StandardCharsets.UTF_8);
        }
    }

    /**
     * One simple reply without data, or one structured chunk.
     *
     * @param type of the chunk, -1 for a simple reply
     * @param error of a simple reply
     * @param payload of a chunk
     */
    record Chunk(int type, boolean done, int error, long cookie, ByteBuf payload) {
        /** Reads one; a simple reply takes {@code simpleData} bytes with it. */
        static Chunk read(ByteBuf in, int simpleData) {
            int magic = in.readInt();
            if (magic == 0x67446698) {
                int error = in.readInt();
                long cookie = in.readLong();
                return new Chunk(
                        -1, true, error, cookie, in.readBytes(error == 0 ? simpleData : 0));
            }
            if (magic != 0x668e33ef) {
                throw new AssertionError("bad reply magic=" + Integer.toHexString(magic));
            }
            boolean done = in.readUnsignedShort() == 1;
            int type = in.readUnsignedShort();
            long cookie = in.readLong();
            ByteBuf payload = in.readBytes(in.readInt());
            int error = type == 32769 ? payload.getInt(0) : 0;
            return new Chunk(type, done, error, cookie, payload);
        }

        static List<Chunk> readAll(ByteBuf in) {
            List<Chunk> chunks = new ArrayList<>();
            while (in.isReadable()) {
                chunks.add(read(in, 0));
            }
            return chunks;
        }
    }
}
