package io.trueno.zram.agent.control;

import io.trueno.zram.agent.device.DeviceChange;
import io.trueno.zram.agent.device.DeviceException;
import io.trueno.zram.agent.device.DeviceRegistry;
import io.trueno.zram.agent.device.DeviceRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers requests. Blocks for as long as the devices need; may be called from any thread. */
final class ControlRoutes {
    private static final Logger LOG = System.getLogger(ControlRoutes.class.getName());
    private static final Pattern DEVICE =
            Pattern.compile(
                    "/v1/devices/([a-z0-9]{1,16})(?:/(reset|compact|deduplicate|idle|recompress|writeback))?");
    private static final Pattern BLOCK_STATE =
            Pattern.compile("/v1/devices/([a-z0-9]{1,16})/block_state/(\\d{1,12})");
    private static final Set<String> OTHER_PATHS =
            Set.of(
                    "/v1/agent",
                    "/v1/agent/swap-checks",
                    "/v1/agent/upgrade",
                    "/v1/devices",
                    "/metrics");

    private final DeviceRegistry devices;
    private final ControlledAgent agent;

    ControlRoutes(DeviceRegistry devices, ControlledAgent agent) {
        this.devices = devices;
        this.agent = agent;
    }

    /** The answer; failures too become answers. */
    ControlReply serve(ControlRequest request) {
        try {
            return route(request);
        } catch (DeviceException e) {
            return ControlReply.error(statusOf(e.kind()), String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            return ControlReply.error(400, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            String path = request.path().replaceAll("\\p{Cntrl}", "?");
            LOG.log(Level.ERROR, "request failed: " + request.method() + " " + path, e);
            return ControlReply.error(500, "internal error, see the agent's log: " + e);
        }
    }

    private ControlReply route(ControlRequest request) {
        String operation = request.method() + " " + request.path();
        return switch (operation) {
            case "GET /v1/agent" -> ControlReply.json(200, agent.status());
            case "GET /v1/agent/swap-checks" ->
                    ControlReply.json(200, new SwapCheckList(agent.swapChecks()));
            case "POST /v1/agent/upgrade" -> ControlReply.json(202, agent.upgrade());
            case "GET /v1/devices" -> ControlReply.json(200, new DeviceList(devices.list()));
            case "POST /v1/devices" ->
                    ControlReply.json(
                            201, devices.create(Json.read(request.body(), DeviceRequest.class)));
            case "GET /metrics" ->
                    ControlReply.metrics(PrometheusText.of(agent.status(), devices.list()));
            default -> routeToDevice(request);
        };
    }

    private ControlReply routeToDevice(ControlRequest request) {
        Matcher blocks = BLOCK_STATE.matcher(request.path());
        if (blocks.matches() && request.method().equals("GET")) {
            long first = Long.parseLong(blocks.group(2));
            return ControlReply.json(200, devices.work(blocks.group(1)).blockStates(first));
        }
        Matcher path = DEVICE.matcher(request.path());
        if (!path.matches()) {
            return OTHER_PATHS.contains(request.path())
                    ? methodNotAllowed(request)
                    : ControlReply.error(404, "no such path: " + request.path());
        }
        String name = path.group(1);
        String action = path.group(2) == null ? "" : "/" + path.group(2);
        return switch (request.method() + action) {
            case "GET" -> ControlReply.json(200, devices.status(name));
            case "PATCH" ->
                    ControlReply.json(
                            200,
                            devices.change(name, Json.read(request.body(), DeviceChange.class)));
            case "DELETE" -> {
                devices.remove(name, request.force());
                yield ControlReply.nothing();
            }
            case "POST/reset" -> ControlReply.json(200, devices.reset(name, request.force()));
            case "POST/idle" -> {
                Integer age = Json.read(request.body(), IdleRequest.class).ageSeconds();
                yield ControlReply.json(
                        200, new Marked(devices.work(name).idle(age == null ? 0 : age)));
            }
            case "POST/recompress" -> {
                String words = Json.read(request.body(), RecompressRequest.class).request();
                yield ControlReply.json(
                        200, devices.work(name).recompress(words == null ? "" : words));
            }
            case "POST/writeback" -> {
                String words = Json.read(request.body(), WritebackBody.class).request();
                yield ControlReply.json(
                        200, devices.work(name).writeback(words == null ? "" : words));
            }
            case "POST/compact" ->
                    ControlReply.json(200, new Compaction(devices.work(name).compact()));
            case "POST/deduplicate" -> ControlReply.json(200, devices.work(name).deduplicate());
            default -> methodNotAllowed(request);
        };
    }

    private static ControlReply methodNotAllowed(ControlRequest request) {
        return ControlReply.error(
                405, "method " + request.method() + " does not fit " + request.path());
    }

    private static int statusOf(DeviceException.Kind kind) {
        return switch (kind) {
            case BAD_REQUEST -> 400;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case FAILED -> 500;
        };
    }
}
