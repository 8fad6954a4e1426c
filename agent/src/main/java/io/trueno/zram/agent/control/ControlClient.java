package io.trueno.zram.agent.control;

import io.trueno.zram.agent.device.BlockStates;
import io.trueno.zram.agent.device.DeviceChange;
import io.trueno.zram.agent.device.DeviceRequest;
import io.trueno.zram.agent.device.DeviceStatus;
import io.trueno.zram.engine.store.Deduplication;
import io.trueno.zram.engine.store.Recompression;
import io.trueno.zram.engine.store.WritebackResult;
import java.nio.file.Path;
import java.util.List;

/**
 * Speaks to a running agent. Each call is one connection; failures are {@link ControlException}s
 * whose message is one line for people.
 */
public final class ControlClient {
    private final UnixHttp http;

    /**
     * @param runtimeDirectory the agent's
     */
    public ControlClient(Path runtimeDirectory) {
        http = new UnixHttp(runtimeDirectory.resolve(ControlSocket.NAME));
    }

    public AgentStatus agent() {
        return Json.read(http.request("GET", "/v1/agent", ""), AgentStatus.class);
    }

    /** Whether the agent is fit to serve swap. */
    public SwapCheckList swapChecks() {
        return Json.read(http.request("GET", "/v1/agent/swap-checks", ""), SwapCheckList.class);
    }

    /** Begins an upgrade; the agent does not answer for a moment then. */
    public UpgradeReply upgrade() {
        return Json.read(http.request("POST", "/v1/agent/upgrade", ""), UpgradeReply.class);
    }

    public List<DeviceStatus> list() {
        return Json.read(http.request("GET", "/v1/devices", ""), DeviceList.class).devices();
    }

    public DeviceStatus status(String name) {
        return Json.read(http.request("GET", device(name), ""), DeviceStatus.class);
    }

    public DeviceStatus create(DeviceRequest request) {
        return Json.read(
                http.request("POST", "/v1/devices", Json.write(request)), DeviceStatus.class);
    }

    public void remove(String name, boolean force) {
        http.request("DELETE", device(name) + query(force), "");
    }

    public DeviceStatus reset(String name, boolean force) {
        return Json.read(
                http.request("POST", device(name) + "/reset" + query(force), ""),
                DeviceStatus.class);
    }

    public DeviceStatus change(String name, DeviceChange change) {
        return Json.read(
                http.request("PATCH", device(name), Json.write(change)), DeviceStatus.class);
    }

    /** What is kept of each stored page, in a part of the device that begins with a page. */
    public BlockStates blockStates(String name, long first) {
        return Json.read(
                http.request("GET", device(name) + "/block_state/" + first, ""), BlockStates.class);
    }

    /** Returns when the compaction is over. */
    public Compaction compact(String name) {
        return Json.read(http.request("POST", device(name) + "/compact", ""), Compaction.class);
    }

    /** Returns when the deduplication is over. */
    public Deduplication deduplicate(String name) {
        return Json.read(
                http.request("POST", device(name) + "/deduplicate", ""), Deduplication.class);
    }

    /** Marks pages that were not used for so many seconds idle. */
    public Marked idle(String name, int ageSeconds) {
        return Json.read(
                http.request(
                        "POST", device(name) + "/idle", Json.write(new IdleRequest(ageSeconds))),
                Marked.class);
    }

    /** Returns when the recompression is over. */
    public Recompression recompress(String name, String request) {
        return Json.read(
                http.request(
                        "POST",
                        device(name) + "/recompress",
                        Json.write(new RecompressRequest(request))),
                Recompression.class);
    }

    /** Returns when the writeback is over. */
    public WritebackResult writeback(String name, String request) {
        return Json.read(
                http.request(
                        "POST",
                        device(name) + "/writeback",
                        Json.write(new WritebackBody(request))),
                WritebackResult.class);
    }

    /** The Prometheus text. */
    public String metrics() {
        return http.request("GET", "/metrics", "");
    }

    private static String device(String name) {
        if (!name.matches("[a-z0-9]{1,16}")) {
            throw new ControlException(
                    "not a device name: '" + name + "': use zram0, zram1 and so on");
        }
        return "/v1/devices/" + name;
    }

    private static String query(boolean force) {
        return force ? "?force=true" : "";
    }
}
