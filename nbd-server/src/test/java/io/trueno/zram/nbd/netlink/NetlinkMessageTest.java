package io.trueno.zram.nbd.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetlinkMessageTest {
    private static final HexFormat HEX = HexFormat.of();

    /** As {@code nbd-client} would send it, written out by hand. */
    private static final String CONNECT =
            """
            84000000 1c00 0500 07000000 00000000
            01 01 0000
            0800 0100 03000000
            0c00 0200 0000100000000000
            0c00 0300 0010000000000000
            0c00 0400 0000000000000000
            0c00 0800 8033e10100000000
            0c00 0500 6100000000000000
            0c00 0600 0000000000000000
            1000 0a00 747275656e6f2d6162636400
            1000 0700 0c00 0100 0800 0100 09000000
            """
                    .replaceAll("\\s", "");

    private final ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void aDeviceIsConnectedByTheseBytes() {
        NetlinkMessage message = new NetlinkMessage(bytes, 28, 5, 7, 1, 1);
        NbdControl.connect(message, 3, 1 << 20, "trueno-abcd", 9);
        assertThat(HEX.formatHex(bytes.array(), 0, message.end())).isEqualTo(CONNECT);
    }

    @Test
    void aFreeNumberIsTakenWhenNoneIsAskedFor() {
        NetlinkMessage message = new NetlinkMessage(bytes, 28, 5, 7, 1, 1);
        NbdControl.connect(message, -1, 1 << 20, "trueno-abcd", 9);
        message.end();
        assertThat(read(20, message.end()))
                .extracting(NetlinkAttribute::type)
                .containsExactly(2, 3, 4, 8, 5, 6, 10, 7);
    }

    @Test
    void aStringIsPaddedToTheNextAttribute() {
        NetlinkMessage message =
                new NetlinkMessage(bytes, 16, 1, 1, 3, 1).putString(2, "nbd1").putU32(1, 5);
        List<NetlinkAttribute> attributes = read(20, message.end());
        assertThat(attributes).hasSize(2);
        assertThat(attributes.getFirst().value().remaining()).isEqualTo(5);
        assertThat(attributes.getLast().u32()).isEqualTo(5);
    }

    @Test
    void onlyConnectedDevicesAreListed() {
        NetlinkMessage message = new NetlinkMessage(bytes, 28, 0, 1, 5, 1);
        message.putNested(
                9,
                list -> {
                    device(list, 0, 1);
                    device(list, 1, 0);
                    device(list, 12, 1);
                });
        List<Integer> connected = new ArrayList<>();
        NbdControl.addConnected(connected, read(20, message.end()).getFirst());
        assertThat(connected).containsExactly(0, 12);
    }

    /** As the kernel writes it: one byte, and three to the next attribute. */
    private static void device(NetlinkMessage list, int index, int connected) {
        list.putNested(1, item -> item.putU32(1, index).putString(2, "\u0001".repeat(connected)));
    }

    @Test
    void truncatedAttributesAreRefusedAtEveryLength() {
        NetlinkMessage message = new NetlinkMessage(bytes, 28, 0, 1, 5, 1);
        message.putU64(2, -1);
        int end = message.end();
        for (int limit = 24; limit < end; limit++) {
            int cut = limit;
            assertThatThrownBy(() -> read(20, cut)).hasMessage("attribute does not fit: length=12");
        }
        assertThat(read(20, 23)).isEmpty(); // not even a header
    }

    @Test
    void anAttributeShorterThanItsHeaderIsRefused() {
        bytes.putShort(0, (short) 3);
        assertThatThrownBy(() -> read(0, 8)).hasMessage("attribute does not fit: length=3");
    }

    private List<NetlinkAttribute> read(int from, int to) {
        return NetlinkAttribute.readAll(
                bytes.duplicate().order(bytes.order()).position(from).limit(to));
    }
}
