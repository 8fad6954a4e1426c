package io.trueno.zram.nbd;

import static io.trueno.zram.nbd.NbdProtocol.*;

import io.netty.buffer.ByteBuf;
import io.trueno.zram.engine.Pages;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Fixed newstyle negotiation, up to the session that it settles.
 *
 * <pre>
 *  server  NBDMAGIC 8 | IHAVEOPT 8 | flags 2
 *  client  flags 4, then options: IHAVEOPT 8 | option 4 | length 4 | data
 *  server  replies to options: magic 8 | option 4 | reply 4 | length 4 | data
 * </pre>
 */
final class Handshake implements Phase {
    /**
     * Longest option data that is looked at; longer is skipped, which only clients that mean no
     * good reach.
     */
    static final int MAX_OPTION_BYTES = 32 << 10;

    /** Longest option data that is skipped rather than cut off. */
    static final int MAX_SKIPPED_BYTES = 1 << 20;

    private static final int OPTION_HEADER_BYTES = 16;
    private static final int REPLY_HEADER_BYTES = 20;

    private final Exports exports;
    private final int maxPayloadBytes;
    private final Output out;

    private boolean flagsSeen;
    private boolean noZeroes;
    private boolean ended;
    private int skip;
    private boolean structured;
    private @Nullable Export contextExport;

    Handshake(Exports exports, int maxPayloadBytes, Output out) {
        this.exports = exports;
        this.maxPayloadBytes = maxPayloadBytes;
        this.out = out;
    }

    /** Sends the server's first bytes. */
    void greet() {
        IoBuffer reply = out.room(18);
        reply.writeLong(SERVER_MAGIC);
        reply.writeLong(OPTION_MAGIC);
        reply.writeShort(FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES);
    }

    @Override
    public boolean advance(ByteBuf in) {
        if (isWaiting()) {
            return false;
        }
        if (!flagsSeen) {
            return clientFlags(in);
        }
        if (skip > 0) {
            int skipped = Math.min(skip, in.readableBytes());
            in.skipBytes(skipped);
            skip -= skipped;
            return skipped > 0;
        }
        return option(in);
    }

    private boolean clientFlags(ByteBuf in) {
        if (in.readableBytes() < 4) {
            return false;
        }
        int flags = in.readInt();
        if ((flags & ~(FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES)) != 0) {
            end("unknown client flags");
            return false;
        }
        noZeroes = (flags & FLAG_NO_ZEROES) != 0;
        flagsSeen = true;
        return true;
    }

    private boolean option(ByteBuf in) {
        if (in.readableBytes() < OPTION_HEADER_BYTES) {
            return false;
        }
        int at = in.readerIndex();
        if (in.getLong(at) != OPTION_MAGIC) {
            end("bad option magic");
            return false;
        }
        int option = in.getInt(at + 8);
        long length = in.getUnsignedInt(at + 12);
        if (length > MAX_OPTION_BYTES) {
            in.skipBytes(OPTION_HEADER_BYTES);
            tooLong(option, length);
            return true;
        }
        if (in.readableBytes() < OPTION_HEADER_BYTES + length) {
            return false;
        }
        ByteBuf data = in.slice(at + OPTION_HEADER_BYTES, (int) length);
        in.skipBytes(OPTION_HEADER_BYTES + (int) length);
        answer(option, data);
        return true;
    }

    private void tooLong(int option, long length) {
        if (length > MAX_SKIPPED_BYTES || option == OPT_EXPORT_NAME) {
            end("option data too long");
            return;
        }
        skip = (int) length;
        reply(option, REP_ERR_TOO_BIG);
    }

    private void answer(int option, ByteBuf data) {
        switch (option) {
            case OPT_EXPORT_NAME -> exportName(data);
            case OPT_ABORT -> {
                reply(option, REP_ACK);
                ended = true;
                out.finish();
            }
            case OPT_LIST -> list(data);
            case OPT_INFO, OPT_GO -> infoOrGo(option, data);
            case OPT_STRUCTURED_REPLY -> structuredReply(data);
            case OPT_LIST_META_CONTEXT, OPT_SET_META_CONTEXT -> metaContext(option, data);
            // TLS, extended headers and whatever comes after them.
            default -> reply(option, REP_ERR_UNSUP);
        }
    }

    /** The old way in: no way to answer an error but to hang up. */
    private void exportName(ByteBuf data) {
        String name = new OptionData(data).rest();
        Export export = name == null ? null : exports.find(name);
        if (export == null) {
            end("unknown export");
            return;
        }
        int zeroes = noZeroes ? 0 : 124;
        IoBuffer reply = out.room(10 + zeroes);
        reply.writeLong(export.device().sizeBytes());
        reply.writeShort(export.transmissionFlags(structured));
        reply.writeZero(zeroes);
        agree(export);
    }

    private void list(ByteBuf data) {
        if (data.isReadable()) {
            reply(OPT_LIST, REP_ERR_INVALID);
            return;
        }
        for (Export export : exports.all()) {
            byte[] name = utf8(export.name());
            byte[] description = utf8(export.description());
            IoBuffer reply = header(OPT_LIST, REP_SERVER, 4 + name.length + description.length);
            reply.writeInt(name.length);
            reply.writeBytes(name);
            reply.writeBytes(description);
        }
        reply(OPT_LIST, REP_ACK);
    }

    private void infoOrGo(int option, ByteBuf data) {
        OptionData fields = new OptionData(data);
        String name = fields.string();
        int count = fields.unsignedShort();
        if (name == null || count < 0 || data.readableBytes() != 2 * count) {
            reply(option, REP_ERR_INVALID);
            return;
        }
        Export export = exports.find(name);
        if (export == null) {
            reply(option, REP_ERR_UNKNOWN);
            return;
        }
        IoBuffer reply = header(option, REP_INFO, 12);
        reply.writeShort(INFO_EXPORT);
        reply.writeLong(export.device().sizeBytes());
        reply.writeShort(export.transmissionFlags(structured));
        // Each kind is answered once, however often a client may have asked.
        int asked = 0;
        while (data.isReadable()) {
            asked |= 1 << Math.min(data.readUnsignedShort(), 31);
        }
        info(option, export, asked);
        reply(option, REP_ACK);
        if (option == OPT_GO) {
            agree(export);
        }
    }

    private void info(int option, Export export, int asked) {
        if ((asked & 1 << INFO_NAME) != 0) {
            infoString(option, INFO_NAME, export.name());
        }
        if ((asked & 1 << INFO_DESCRIPTION) != 0 && !export.description().isEmpty()) {
            infoString(option, INFO_DESCRIPTION, export.description());
        }
        if ((asked & 1 << INFO_BLOCK_SIZE) != 0) {
            IoBuffer reply = header(option, REP_INFO, 14);
            reply.writeShort(INFO_BLOCK_SIZE);
            reply.writeInt(1);
            reply.writeInt(Pages.SIZE);
            reply.writeInt(maxPayloadBytes);
        }
    }

    private void infoString(int option, int kind, String text) {
        byte[] bytes = utf8(text);
        IoBuffer reply = header(option, REP_INFO, 2 + bytes.length);
        reply.writeShort(kind);
        reply.writeBytes(bytes);
    }

    private void structuredReply(ByteBuf data) {
        if (data.isReadable()) {
            reply(OPT_STRUCTURED_REPLY, REP_ERR_INVALID);
            return;
        }
        structured = true;
        reply(OPT_STRUCTURED_REPLY, REP_ACK);
    }

    /** A new selection replaces the old one, also when it fails. */
    private void metaContext(int option, ByteBuf data) {
        boolean set = option == OPT_SET_META_CONTEXT;
        if (set) {
            contextExport = null;
        }
        OptionData fields = new OptionData(data);
        String name = fields.string();
        long queries = fields.unsignedInt();
        boolean asked = queries == 0 && !set;
        boolean valid = structured && name != null && queries >= 0;
        for (long i = 0; i < queries && valid; i++) {
            String query = fields.string();
            valid = query != null;
            asked |= CONTEXT_BASE_ALLOCATION.equals(query) || (!set && "base:".equals(query));
        }
        if (!valid || data.isReadable()) {
            reply(option, REP_ERR_INVALID);
            return;
        }
        Export export = exports.find(Objects.requireNonNull(name));
        if (export == null) {
            reply(option, REP_ERR_UNKNOWN);
            return;
        }
        if (asked) {
            byte[] context = utf8(CONTEXT_BASE_ALLOCATION);
            IoBuffer reply = header(option, REP_META_CONTEXT, 4 + context.length);
            reply.writeInt(set ? CONTEXT_ID_ALLOCATION : 0);
            reply.writeBytes(context);
            if (set) {
                contextExport = export;
            }
        }
        reply(option, REP_ACK);
    }

    private void agree(Export export) {
        ended = true;
        boolean allocation = structured && export.equals(contextExport);
        out.enter(new Session(export, structured, allocation, maxPayloadBytes));
    }

    private void reply(int option, int type) {
        header(option, type, 0);
    }

    private IoBuffer header(int option, int type, int length) {
        IoBuffer reply = out.room(REPLY_HEADER_BYTES + length);
        reply.writeLong(OPTION_REPLY_MAGIC);
        reply.writeInt(option);
        reply.writeInt(type);
        reply.writeInt(length);
        return reply;
    }

    private void end(String why) {
        ended = true;
        out.drop(why);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isWaiting() {
        return ended || out.isBackedUp();
    }

    @Override
    public void drain() {
        ended = true;
        out.finish();
    }

    @Override
    public void outputIsWritable() {
        // Whoever calls goes on with advance.
    }

    @Override
    public void closed() {
        ended = true;
    }
}
