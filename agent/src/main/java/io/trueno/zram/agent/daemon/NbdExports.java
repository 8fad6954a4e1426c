package io.trueno.zram.agent.daemon;

import io.trueno.zram.agent.device.DeviceException;
import io.trueno.zram.agent.device.DeviceException.Kind;
import io.trueno.zram.agent.device.DeviceExports;
import io.trueno.zram.config.ListenAddress;
import io.trueno.zram.config.NbdConfig;
import io.trueno.zram.nbd.NbdDevice;
import io.trueno.zram.nbd.NbdDriverException;
import io.trueno.zram.nbd.NbdServer;
import io.trueno.zram.nbd.NbdStatistics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Exports devices through one NBD server, on its Unix socket and perhaps on TCP, and where the
 * kernel's nbd driver takes them as block devices of this machine, {@code /dev/nbdN}.
 */
final class NbdExports implements DeviceExports, AutoCloseable {
    private final NbdConfig config;
    private final NbdAttachments attachments;
    private final Map<String, Export> exports = new LinkedHashMap<>();
    private volatile boolean leaving;
    private @Nullable NbdServer server;
    private @Nullable PrivateSocket socket;

    NbdExports(NbdConfig config, NbdAttachments attachments) {
        this.config = config;
        this.attachments = attachments;
    }

    /**
     * Begins to serve other clients than the kernel, those that were added before too.
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
        NbdServer started =
                NbdServer.start(NbdServer.Options.at(addresses.toArray(SocketAddress[]::new)));
        exports.values().forEach(export -> offer(started, export));
        server = started;
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
        if (export.attach()) {
            attachments.attach(export);
        }
        exports.put(export.name(), export);
        if (server != null) {
            offer(server, export);
        }
    }

    private static void offer(NbdServer server, Export export) {
        server.addExport(export.name(), export.description(), export.content(), false);
    }

    @Override
    public void remove(String name, boolean force) {
        int clients = connections(name);
        if (clients > 0 && !force) {
            throw new DeviceException(
                    Kind.CONFLICT,
                    name
                            + " is in use by "
                            + clients
                            + (clients == 1 ? " client" : " clients")
                            + ": disconnect first, or use --force");
        }
        try {
            attachments.remove(name, force);
        } catch (NbdDriverException e) {
            throw new DeviceException(Kind.CONFLICT, String.valueOf(e.getMessage()), e);
        }
        withdraw(name);
    }

    private void withdraw(String name) {
        exports.remove(name);
        if (server != null) {
            server.removeExport(name);
        }
    }

    /** From now on {@link #detach} leaves every block device to the next agent, used or not. */
    void leaveForNextAgent() {
        leaving = true;
    }

    @Override
    public void detach(String name) {
        attachments.detach(name, leaving);
        withdraw(name);
    }

    @Override
    public void requireResizable(String name) {
        // the kernel can, and a client learns the size when it connects
    }

    @Override
    public void resized(String name) {
        try {
            attachments.find(name).ifPresent(NbdDevice::resize);
        } catch (NbdDriverException e) {
            throw new DeviceException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public int clients(String name) {
        boolean used = attachments.find(name).filter(NbdDevice::isInUse).isPresent();
        return connections(name) + (used ? 1 : 0);
    }

    private int connections(String name) {
        return server == null ? 0 : Math.toIntExact(server.statistics(name).connections());
    }

    @Override
    public Map<String, Long> statistics(String name) {
        return attachments.find(name).map(NbdExports::named).orElse(Map.of());
    }

    private static Map<String, Long> named(NbdDevice device) {
        NbdStatistics done = device.statistics();
        Map<String, Long> named = new LinkedHashMap<>();
        named.put(
                "nbd_requests",
                done.readRequests()
                        + done.writeRequests()
                        + done.discardRequests()
                        + done.otherRequests());
        named.put("nbd_failed", done.invalidRequests() + done.failedReads() + done.failedWrites());
        named.put("nbd_sockets", done.totalConnections());
        return named;
    }

    @Override
    public String whyNotAttached(String name) {
        return attachments.whyNot(name);
    }

    @Override
    public String uri(String name) {
        return attachments.find(name).map(device -> device.path().toString()).orElse(nbdUri(name));
    }

    private String nbdUri(String name) {
        try {
            String path = new URI(null, null, config.unixSocket().toString(), null).toASCIIString();
            return "nbd+unix:///" + name + "?socket=" + path;
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no URI: socket=" + config.unixSocket(), e);
        }
    }

    /** The addresses in use, for the log. */
    List<ListenAddress> tcpAddresses() {
        if (server == null) {
            return List.of();
        }
        return server.addresses().stream()
                .filter(InetSocketAddress.class::isInstance)
                .map(InetSocketAddress.class::cast)
                .map(a -> new ListenAddress(a.getAddress().getHostAddress(), a.getPort()))
                .toList();
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
