package io.trueno.zram.nbd;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;

/** Where an export is found, as the NBD project's {@code doc/uri.md} writes it. */
final class NbdUri {
    private NbdUri() {}

    /** {@code nbd+unix:///NAME?socket=PATH} or {@code nbd://HOST:PORT/NAME}. */
    static String of(String exportName, SocketAddress address) {
        try {
            String name = new URI(null, null, "/" + exportName, null).toASCIIString();
            if (address instanceof UnixDomainSocketAddress unix) {
                String path = new URI(null, null, unix.getPath().toString(), null).toASCIIString();
                return "nbd+unix://" + name + "?socket=" + path;
            }
            InetSocketAddress tcp = (InetSocketAddress) address;
            String host = tcp.getAddress().getHostAddress();
            return new URI("nbd", null, host, tcp.getPort(), "/" + exportName, null, null)
                    .toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no URI for export=" + exportName, e);
        }
    }
}
