package io.trueno.zram.agent.daemon;

import io.trueno.zram.agent.control.AgentStatus;
import io.trueno.zram.agent.control.ControlServer;
import io.trueno.zram.agent.control.ControlSocket;
import io.trueno.zram.agent.control.ControlledAgent;
import io.trueno.zram.agent.control.UpgradeReply;
import io.trueno.zram.agent.device.DeviceException;
import io.trueno.zram.agent.device.DeviceRegistry;
import io.trueno.zram.agent.device.DeviceStatus;
import io.trueno.zram.agent.device.DeviceTransports;
import io.trueno.zram.agent.device.StateFolder;
import io.trueno.zram.config.AgentConfig;
import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.config.ListenAddress;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.ublk.process.SwapCheck;
import io.trueno.zram.ublk.process.SwapChecks;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A running agent. {@link #close} undoes what the start did, last first: no new control requests,
 * clients of the devices drained and disconnected, sockets removed. The devices' state stays for
 * the next agent.
 */
public final class Agent implements ControlledAgent, AutoCloseable {
    private final String version;
    private final long startMillis = System.currentTimeMillis();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final NbdExports nbd;
    private final UblkExports ublk;
    private final Upgrade upgrade;
    private Optional<Long> interruptedMillis = Optional.empty();
    private final RuntimeFolder folder;
    private final Path memory;
    private final DeviceRegistry devices;

    private Agent(AgentConfig config, String version, Upgrade upgrade, RuntimeFolder folder) {
        this.version = version;
        this.upgrade = upgrade;
        this.folder = folder;
        NbdAttachments attachments = new NbdAttachments();
        nbd = new NbdExports(config.nbd(), attachments);
        ublk = new UblkExports(config.ublk());
        memory = MemoryFolder.of(folder.path());
        devices =
                new DeviceRegistry(
                        config.deviceDefaults(),
                        new DeviceTransports(ublk, nbd),
                        new StateFolder(memory));
        opened.push(folder);
        opened.push(ublk);
        opened.push(attachments);
        opened.push(devices);
        opened.push(nbd); // closed first: drains the clients of all devices at once
    }

    /**
     * Starts an agent and its configured devices; when it returns, everything is served.
     *
     * @param version that it says it is
     * @param upgrade how it is replaced by another version
     * @throws AgentException if it cannot start; nothing is left behind then
     */
    public static Agent start(AgentConfig config, String version, Upgrade upgrade) {
        RuntimeFolder folder = RuntimeFolder.take(config.runtimeDirectory());
        Agent agent;
        try {
            agent = new Agent(config, version, upgrade, folder);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
        try {
            agent.begin(config);
            return agent;
        } catch (RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    private void begin(AgentConfig config) {
        // Users of block devices wait for them; other clients come by themselves.
        List<String> refused = new ArrayList<>(devices.attach(DeviceBackend.UBLK));
        refused.addAll(devices.attach(DeviceBackend.NBD));
        interruptedMillis = Upgrade.sinceGivenUp();
        nbd.listen();
        nbd.tcpAddresses().forEach(a -> log().log(Level.INFO, "NBD at nbd://{0}", a));
        refused.forEach(reason -> log().log(Level.ERROR, "{0}", reason));
        devices.list().forEach(device -> logServed(device, "is back"));
        for (DeviceConfig device : config.devices()) {
            if (devices.has(device.name())) {
                continue; // its state outlived an earlier agent
            }
            try {
                logServed(devices.create(device), "is new");
            } catch (DeviceException e) {
                throw new AgentException("device " + device.name() + ": " + e.getMessage(), e);
            }
        }
        ublk.warmUp(); // before anybody can ask for a device
        ControlServer control = new ControlServer(devices, this);
        opened.push(control);
        opened.push(
                PrivateSocket.listen(
                        config.runtimeDirectory().resolve(ControlSocket.NAME), control::listen));
        config.metricsListen().ifPresent(address -> serveMetrics(control, address));
    }

    private static void logServed(DeviceStatus device, String how) {
        log().log(Level.INFO, "device {0} {1} at {2}", device.name(), how, device.uri());
        if (!device.backendReason().isEmpty()) {
            log().log(Level.INFO, "{0} is not on ublk: {1}", device.name(), device.backendReason());
        }
        if (!device.notAttached().isEmpty()) {
            log().log(Level.INFO, "{0} is not attached: {1}", device.name(), device.notAttached());
        }
    }

    private static void serveMetrics(ControlServer control, ListenAddress address) {
        try {
            ListenAddress bound = control.listenForMetrics(address);
            log().log(Level.INFO, "metrics at http://{0}/metrics", bound);
        } catch (IOException e) {
            throw new AgentException(
                    "metrics " + e.getMessage() + ": choose another --metrics-listen", e);
        }
    }

    /** To be called once, when the process has all the memory that it needs to serve. */
    public void markSettled() {
        folder.markSettled();
    }

    @Override
    public AgentStatus status() {
        return new AgentStatus(
                version,
                ProcessHandle.current().pid(),
                startMillis,
                (System.currentTimeMillis() - startMillis) / 1000,
                SimdBackend.detect().name(),
                devices.list().size(),
                interruptedMillis.orElse(null));
    }

    @Override
    public List<SwapCheck> swapChecks() {
        return SwapChecks.all(memory);
    }

    @Override
    public UpgradeReply upgrade() {
        UpgradeReply reply = new UpgradeReply(version, upgrade.installedVersion(), startMillis);
        Thread.ofPlatform()
                .name("upgrade")
                .start(() -> {
                    log().log(Level.INFO, "becoming version {0}", reply.to());
                    ublk.leaveForNextAgent();
                    nbd.leaveForNextAgent();
                    upgrade.replace(this::close);
                });
        return reply;
    }

    /** May be called again, and by another thread than the first: a signal during an upgrade. */
    @Override
    public synchronized void close() {
        while (!opened.isEmpty()) {
            AutoCloseable next = opened.pop();
            try {
                next.close();
            } catch (Exception e) { // the rest is closed whatever one of them says
                log().log(Level.ERROR, "while stopping: " + e.getMessage(), e);
            }
        }
    }

    /** Made when there is something to say: finding out who logs takes long, and users wait. */
    private static Logger log() {
        return System.getLogger(Agent.class.getName());
    }
}
