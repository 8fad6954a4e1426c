package io.trueno.zram.agent.demo;

import io.trueno.zram.engine.Pages;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * An NBD client for whole pages over a Unix socket: fixed newstyle handshake with {@code GO},
 * simple replies, several requests in flight. For one thread. Numbers are those of the NBD
 * project's protocol document.
 */
final class NbdClient implements AutoCloseable {
    static final short READ = 0;
    static final short WRITE = 1;

    private static final short DISCONNECT = 2;
    private static final long INIT_MAGIC = 0x4e42444d41474943L; // "NBDMAGIC"
    private static final long OPTION_MAGIC = 0x49484156454F5054L; // "IHAVEOPT"
    private static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final int OPTION_GO = 7;
    private static final int CLIENT_FIXED_NEWSTYLE_NO_ZEROES = 3;
    private static final int REPLY_ACK = 1;
    private static final int REPLY_INFO = 3;
    private static final short INFO_EXPORT = 0;
    private static final int REQUEST_BYTES = 28;
    private static final int REPLY_BYTES = 16;
    private static final int MAX_OPTION_REPLY_BYTES = 8192;

    private final SocketChannel channel;
    private final int depth;
    private final ByteBuffer out;
    private final ByteBuffer in;
    private long sizeBytes;

    /** What a run of requests is about; request numbers go from 0. */
    interface Work {
        /** Where request {@code number} reads or writes, in bytes; a multiple of a page. */
        long offset(int number);

        /** The page that request {@code number} writes; not called for reads. */
        ByteBuffer source(int number);

        /** Takes the page that request {@code number} read, valid during the call. */
        void took(int number, ByteBuffer page);
    }

    /**
     * Connects and chooses an export.
     *
     * @param depth most requests in flight, 1 or more
     * @throws IOException if there is no server or no such export
     */
    NbdClient(Path socket, String export, int depth) throws IOException {
        this.depth = depth;
        out = ByteBuffer.allocateDirect(depth * (REQUEST_BYTES + Pages.SIZE));
        in =
                ByteBuffer.allocateDirect(
                        Math.max(depth * (REPLY_BYTES + Pages.SIZE), MAX_OPTION_REPLY_BYTES));
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        try {
            in.limit(0);
            choose(export);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void choose(String export) throws IOException {
        require(8 + 8 + 2);
        if (in.getLong() != INIT_MAGIC || in.getLong() != OPTION_MAGIC) {
            throw new IOException("the server does not speak newstyle NBD");
        }
        in.getShort(); // its handshake flags: fixed newstyle is all that servers offer today
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        out.putInt(CLIENT_FIXED_NEWSTYLE_NO_ZEROES)
                .putLong(OPTION_MAGIC)
                .putInt(OPTION_GO)
                .putInt(4 + name.length + 2)
                .putInt(name.length)
                .put(name)
                .putShort((short) 0);
        send();
        for (int type = 0; type != REPLY_ACK; ) {
            type = optionReply(export);
        }
    }

    private int optionReply(String export) throws IOException {
        require(8 + 4 + 4 + 4);
        if (in.getLong() != OPTION_REPLY_MAGIC || in.getInt() != OPTION_GO) {
            throw new IOException("the server's answer to GO is malformed");
        }
        int type = in.getInt();
        int length = in.getInt();
        if (type < 0 || length < 0 || length > MAX_OPTION_REPLY_BYTES) {
            throw new IOException("the server has no export " + export);
        }
        require(length);
        int end = in.position() + length;
        if (type == REPLY_INFO && in.getShort() == INFO_EXPORT) {
            sizeBytes = in.getLong();
        }
        in.position(end);
        return type;
    }

    /** Size of the export. */
    long sizeBytes() {
        return sizeBytes;
    }

    /**
     * Performs requests 0 to {@code count} - 1, each over one page, as many in flight as allowed.
     *
     * @param command {@link #READ} or {@link #WRITE}
     * @param nanos takes each request's time from sending to reply
     * @throws IOException if the server answers with an error or goes away
     */
    void run(short command, int count, Work work, long[] nanos) throws IOException {
        int sent = 0;
        int answered = 0;
        while (answered < count) {
            for (; sent < count && sent - answered < depth; sent++) {
                nanos[sent] = System.nanoTime();
                request(command, sent, work.offset(sent), Pages.SIZE);
                if (command == WRITE) {
                    out.put(work.source(sent));
                }
            }
            send();
            int replyBytes = command == READ ? REPLY_BYTES + Pages.SIZE : REPLY_BYTES;
            require(REPLY_BYTES);
            do {
                int number = reply(count);
                if (command == READ) {
                    require(Pages.SIZE);
                    int end = in.position() + Pages.SIZE;
                    work.took(number, in.slice(in.position(), Pages.SIZE));
                    in.position(end);
                }
                nanos[number] = System.nanoTime() - nanos[number];
                answered++;
            } while (in.remaining() >= replyBytes);
        }
    }

    private void request(short command, long cookie, long offset, int length) {
        out.putInt(REQUEST_MAGIC)
                .putShort((short) 0)
                .putShort(command)
                .putLong(cookie)
                .putLong(offset)
                .putInt(length);
    }

    private int reply(int count) throws IOException {
        if (in.getInt() != REPLY_MAGIC) {
            throw new IOException("the server's reply is malformed");
        }
        int error = in.getInt();
        long cookie = in.getLong();
        if (error != 0 || cookie < 0 || cookie >= count) {
            throw new IOException("request " + cookie + " failed: error=" + error);
        }
        return (int) cookie;
    }

    private void send() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    /** Reads until {@code bytes} are there. */
    private void require(int bytes) throws IOException {
        if (in.remaining() >= bytes) {
            return;
        }
        in.compact();
        while (in.position() < bytes) {
            if (channel.read(in) < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
        in.flip();
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            request(DISCONNECT, 0, 0, 0);
            send();
        }
    }
}
