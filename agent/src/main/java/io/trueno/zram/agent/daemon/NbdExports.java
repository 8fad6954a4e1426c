package io.trueno.zram.agent.daemon;

import io.trueno.zram.agent.device.DeviceException;
import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.agent.device.DeviceExports;
import io.trueno.zram.config.ListenAddress;
import io.trueno.zram.config.NbdConfig;
import io.trueno.zram.nbd.NbdServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Exports devices through one NBD server, on its Unix socket and perhaps on TCP. */
final class NbdExports implements DeviceExports, AutoCloseable {
    private final NbdConfig config;
    private @Nullable NbdServer server;
    private @Nullable PrivateSocket socket;

    NbdExports(NbdConfig config) {
        this.config = config;
    }

    /**
     * Begins to serve.
     *
     * @throws AgentException if an address cannot be had
     */
    void listen() {
        socket = PrivateSocket.listen(config.unixSocket(), this::start);
    }

    private void start(Path unixSocket) throws IOException {
        List<SocketAddress> addresses = new ArrayList<>();
        addresses.add(UnixDomainSocketAddress.of(unixSocket));
        config.listen().map(NbdExports::resolve).ifPresent(addresses::add);
        server = NbdServer.start(NbdServer.Options.at(addresses.toArray(SocketAddress[]::new)));
    }

    private static InetSocketAddress resolve(ListenAddress address) {
        InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            throw new AgentException(
                    "no address for the name " + address.host() + ": check listen in [nbd]");
        }
        return resolved;
    }

    @Override
    public Optional<String> whyUnavailable() {
        return Optional.empty();
    }

    @Override
    public void add(Export export) {
        running().addExport(export.name(), export.description(), export.content(), false);
    }

    @Override
    public void remove(String name, boolean force) {
        int clients = clients(name);
        if (clients > 0 && !force) {
            throw new DeviceException(
                    Kind.CONFLICT,
                    name
                            + " is in use by "
                            + clients
                            + (clients == 1 ? " client" : " clients")
                            + ": disconnect first, or use --force");
        }
        detach(name);
    }

    @Override
    public void detach(String name) {
        running().removeExport(name);
    }

    @Override
    public void requireResizable(String name) {
        // a client learns the size when it connects
    }

    @Override
    public void resized(String name) {
        // a client learns the size when it connects
    }

    @Override
    public int clients(String name) {
        return Math.toIntExact(running().statistics(name).connections());
    }

    @Override
    public Map<String, Long> statistics(String name) {
        return Map.of();
    }

    @Override
    public String uri(String name) {
        try {
            String path = new URI(null, null, config.unixSocket().toString(), null).toASCIIString();
            return "nbd+unix:///" + name + "?socket=" + path;
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no URI: socket=" + config.unixSocket(), e);
        }
    }

    /** The addresses in use, for the log. */
    List<ListenAddress> tcpAddresses() {
        return running().addresses().stream()
                .filter(InetSocketAddress.class::isInstance)
                .map(InetSocketAddress.class::cast)
                .map(a -> new ListenAddress(a.getAddress().getHostAddress(), a.getPort()))
                .toList();
    }

    private NbdServer running() {
        if (server == null) {
            throw new IllegalStateException("the NBD server does not run");
        }
        return server;
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.close();
        }
        if (server != null) {
            server.close();
        }
    }
}
