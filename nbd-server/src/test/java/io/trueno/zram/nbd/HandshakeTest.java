package io.trueno.zram.nbd;

import static io.trueno.zram.nbd.NbdProtocol.REP_ACK;
import static io.trueno.zram.nbd.NbdProtocol.REP_ERR_INVALID;
import static io.trueno.zram.nbd.NbdProtocol.REP_ERR_TOO_BIG;
import static io.trueno.zram.nbd.NbdProtocol.REP_ERR_UNKNOWN;
import static io.trueno.zram.nbd.NbdProtocol.REP_ERR_UNSUP;
import static io.trueno.zram.nbd.NbdProtocol.REP_INFO;
import static io.trueno.zram.nbd.NbdProtocol.REP_META_CONTEXT;
import static io.trueno.zram.nbd.NbdProtocol.REP_SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.trueno.zram.nbd.Wire.OptionReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
    private static final int SIZE = 1 << 20;
    private static final int WRITABLE_FLAGS = 0b1101_0110_1101; // all but READ_ONLY, ROTATIONAL, DF

    private final EmbeddedClient client = new EmbeddedClient(SIZE);

    @AfterEach
    void everyBufferComesBack() {
        client.close();
        assertThat(client.buffers.lent()).isZero();
    }

    private List<OptionReply> ask(ByteBuf option) {
        client.send(option);
        return OptionReply.readAll(client.received());
    }

    private int askForType(ByteBuf option) {
        List<OptionReply> replies = ask(option);
        assertThat(replies).hasSize(1);
        return replies.getFirst().type();
    }

    private void begin() {
        client.send(Wire.clientFlags(3));
        client.received();
    }

    @Test
    void theServerSpeaksFirst() {
        assertThat(ByteBufUtil.hexDump(client.received()))
                .isEqualTo("4e42444d41474943" + "49484156454f5054" + "0003");
    }

    @Test
    void unknownClientFlagsEndTheConnection() {
        client.send(Wire.clientFlags(4));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void goTellsSizeAndFlagsAndEntersTransmission() {
        begin();
        List<OptionReply> replies = ask(Wire.option(7, Wire.infoData("zram0")));
        assertThat(replies).extracting(OptionReply::type).containsExactly(REP_INFO, REP_ACK);
        ByteBuf info = replies.getFirst().data();
        assertThat(info.readUnsignedShort()).isZero();
        assertThat(info.readLong()).isEqualTo(SIZE);
        assertThat(info.readUnsignedShort()).isEqualTo(WRITABLE_FLAGS);
        client.send(Wire.request(0, 3, 7, 0, 0));
        assertThat(client.received().readableBytes()).isEqualTo(16);
    }

    @Test
    void dfIsAdvertisedOnceStructuredRepliesAreAgreed() {
        begin();
        assertThat(askForType(Wire.option(8))).isEqualTo(REP_ACK);
        ByteBuf info = ask(Wire.option(6, Wire.infoData("zram0"))).getFirst().data();
        assertThat(info.getUnsignedShort(10)).isEqualTo(WRITABLE_FLAGS | 1 << 7);
    }

    @Test
    void aReadOnlyExportAdvertisesNoWayToChangeIt() {
        client.exports.add(new Export("ro", "", new ArrayDevice(4096), true, new NbdCounters()));
        begin();
        ByteBuf info = ask(Wire.option(6, Wire.infoData("ro"))).getFirst().data();
        assertThat(info.getUnsignedShort(10)).isEqualTo(0b101_0000_1111);
    }

    @Test
    void infoGivesNameDescriptionAndBlockSizesOnRequest() {
        begin();
        List<OptionReply> replies = ask(Wire.option(6, Wire.infoData("zram0", 1, 2, 3, 77)));
        assertThat(replies)
                .extracting(OptionReply::type)
                .containsExactly(REP_INFO, REP_INFO, REP_INFO, REP_INFO, REP_ACK);
        assertThat(replies.get(1).text()).isEqualTo("\0\1zram0");
        assertThat(replies.get(2).text()).isEqualTo("\0\2compressed RAM");
        assertThat(ByteBufUtil.hexDump(replies.get(3).data()))
                .isEqualTo("0003" + "00000001" + "00001000" + "00400000");
        assertThat(askForType(Wire.option(2))).isEqualTo(REP_ACK);
    }

    @Test
    void theEmptyNameIsTheOnlyExport() {
        begin();
        assertThat(ask(Wire.option(6, Wire.infoData("", 1))).get(1).text()).endsWith("zram0");
        client.exports.add(new Export("two", "", new ArrayDevice(4096), false, new NbdCounters()));
        assertThat(askForType(Wire.option(6, Wire.infoData("")))).isEqualTo(REP_ERR_UNKNOWN);
    }

    @Test
    void listNamesEveryExport() {
        client.exports.add(
                new Export("zram1", "", new ArrayDevice(4096), false, new NbdCounters()));
        begin();
        List<OptionReply> replies = ask(Wire.option(3));
        assertThat(replies)
                .extracting(OptionReply::type)
                .containsExactly(REP_SERVER, REP_SERVER, REP_ACK);
        assertThat(replies.get(0).text()).isEqualTo("\0\0\0\5zram0compressed RAM");
        assertThat(replies.get(1).text()).isEqualTo("\0\0\0\5zram1");
    }

    @Test
    void exportNameAnswersWithZeroesUnlessBothSidesLeaveThemOut() {
        client.received();
        client.send(Wire.clientFlags(1));
        client.send(Wire.option(1, Unpooled.copiedBuffer("zram0", StandardCharsets.UTF_8)));
        assertThat(client.received().readableBytes()).isEqualTo(134);

        try (EmbeddedClient modern = new EmbeddedClient(SIZE)) {
            modern.received();
            modern.send(Wire.clientFlags(3));
            modern.send(Wire.option(1, Unpooled.copiedBuffer("zram0", StandardCharsets.UTF_8)));
            ByteBuf reply = modern.received();
            assertThat(reply.readLong()).isEqualTo(SIZE);
            assertThat(reply.readUnsignedShort()).isEqualTo(WRITABLE_FLAGS);
            assertThat(reply.isReadable()).isFalse();
        }
    }

    @Test
    void exportNameOfNoExportEndsTheConnection() {
        begin();
        client.send(Wire.option(1, Unpooled.copiedBuffer("none", StandardCharsets.UTF_8)));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void abortIsAcknowledgedAndEndsTheConnection() {
        begin();
        assertThat(askForType(Wire.option(2))).isEqualTo(REP_ACK);
        assertThat(client.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 5, 11, 12, 0x7fffffff, -1})
    void anOptionThatIsNotServedIsUnsupported(int option) {
        begin();
        ByteBuf data = Unpooled.copiedBuffer("whatever", StandardCharsets.UTF_8);
        assertThat(askForType(Wire.option(option, data))).isEqualTo(REP_ERR_UNSUP);
        assertThat(askForType(Wire.option(8))).isEqualTo(REP_ACK);
    }

    @Test
    void metaContextsAreListedAndSet() {
        begin();
        assertThat(askForType(Wire.option(10, Wire.contextData("zram0", "base:allocation"))))
                .as("before structured replies")
                .isEqualTo(REP_ERR_INVALID);
        ask(Wire.option(8));
        for (String[] queries :
                new String[][] {{}, {"base:"}, {"base:allocation"}, {"x:y", "base:"}}) {
            List<OptionReply> listed = ask(Wire.option(9, Wire.contextData("zram0", queries)));
            assertThat(listed)
                    .extracting(OptionReply::type)
                    .containsExactly(REP_META_CONTEXT, REP_ACK);
            assertThat(listed.getFirst().text()).isEqualTo("\0\0\0\0base:allocation");
        }
        assertThat(askForType(Wire.option(9, Wire.contextData("zram0", "qemu:"))))
                .isEqualTo(REP_ACK);
        assertThat(askForType(Wire.option(10, Wire.contextData("zram0")))).isEqualTo(REP_ACK);
        assertThat(askForType(Wire.option(10, Wire.contextData("zram0", "base:"))))
                .isEqualTo(REP_ACK);
        List<OptionReply> set =
                ask(Wire.option(10, Wire.contextData("zram0", "q:", "base:allocation")));
        assertThat(set).extracting(OptionReply::type).containsExactly(REP_META_CONTEXT, REP_ACK);
        assertThat(set.getFirst().text()).isEqualTo("\0\0\0\1base:allocation");
        assertThat(askForType(Wire.option(10, Wire.contextData("nope", "base:allocation"))))
                .isEqualTo(REP_ERR_UNKNOWN);
    }

    @Test
    void aFailedSelectionOfContextsTakesTheEarlierOneBack() {
        begin();
        ask(Wire.option(8));
        ask(Wire.option(10, Wire.contextData("zram0", "base:allocation")));
        ask(Wire.option(10, Wire.contextData("nope", "base:allocation")));
        ask(Wire.option(7, Wire.infoData("zram0")));
        client.send(Wire.request(0, 7, 1, 0, 4096));
        assertThat(Wire.Chunk.readAll(client.received()).getFirst().error()).isEqualTo(22);
    }

    @Test
    void malformedOptionDataIsInvalidAndNothingElse() {
        begin();
        ask(Wire.option(8));
        ByteBuf one = Unpooled.buffer().writeByte(1);
        for (int option : new int[] {3, 8, 6, 7, 9, 10}) {
            assertThat(askForType(Wire.option(option, one.copy())))
                    .as("option %d", option)
                    .isEqualTo(REP_ERR_INVALID);
        }
        ByteBuf nameTooLong = Unpooled.buffer().writeInt(4).writeZero(3).writeShort(0);
        ByteBuf nameNegative = Unpooled.buffer().writeInt(-1).writeShort(0);
        ByteBuf notUtf8 = Unpooled.buffer().writeInt(2).writeBytes(new byte[] {-1, -2});
        ByteBuf tooFewKinds = Wire.string("zram0").writeShort(2).writeShort(1);
        ByteBuf tooManyKinds = Wire.string("zram0").writeShort(0).writeShort(1);
        ByteBuf stringTooLong = Wire.infoData("x".repeat(4097));
        for (ByteBuf data :
                List.of(
                        nameTooLong,
                        nameNegative,
                        notUtf8.writeShort(0),
                        tooFewKinds,
                        tooManyKinds,
                        stringTooLong)) {
            assertThat(askForType(Wire.option(7, data))).isEqualTo(REP_ERR_INVALID);
        }
        ByteBuf manyQueries = Wire.string("zram0").writeInt(-1);
        assertThat(askForType(Wire.option(10, manyQueries))).isEqualTo(REP_ERR_INVALID);
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void overlongOptionsAreSkippedUpToABound() {
        begin();
        client.send(Wire.optionHeader(7, 100_000));
        client.send(Unpooled.buffer().writeZero(100_000));
        List<OptionReply> replies = OptionReply.readAll(client.received());
        assertThat(replies).extracting(OptionReply::type).containsExactly(REP_ERR_TOO_BIG);
        assertThat(askForType(Wire.option(8))).isEqualTo(REP_ACK);

        client.send(Wire.optionHeader(7, -1));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void badOptionMagicEndsTheConnection() {
        begin();
        client.send(Unpooled.buffer().writeLong(1).writeLong(2));
        assertThat(client.isOpen()).isFalse();
    }
}
