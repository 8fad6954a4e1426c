/**
 * The control socket: HTTP with JSON over a Unix socket of mode 0600, its routes, its client, and
 * the Prometheus text of {@code /metrics}. Netty moves the bytes; {@link
 * io.trueno.zram.agent.control.ControlRoutes} is testable without a socket.
 *
 * <table>
 * <caption>Routes; errors are {@code {"error":"one line"}}</caption>
 * <tr><td>GET /v1/agent</td><td>{@link io.trueno.zram.agent.control.AgentStatus}</td></tr>
 * <tr><td>GET /v1/devices</td><td>{@link io.trueno.zram.agent.control.DeviceList}</td></tr>
 * <tr><td>POST /v1/devices</td><td>makes a device of a {@link
 * io.trueno.zram.agent.device.DeviceRequest}, 201</td></tr>
 * <tr><td>GET /v1/devices/NAME</td><td>{@link io.trueno.zram.agent.device.DeviceStatus}</td></tr>
 * <tr><td>PATCH /v1/devices/NAME</td><td>applies a {@link
 * io.trueno.zram.agent.device.DeviceChange}</td></tr>
 * <tr><td>DELETE /v1/devices/NAME[?force=true]</td><td>removes it, 204</td></tr>
 * <tr><td>GET /v1/devices/NAME/block_state/PAGE</td><td>what is kept of 16384 pages from that one,
 * and where to go on</td></tr>
 * <tr><td>POST /v1/devices/NAME/reset[?force=true]</td><td>empties it</td></tr>
 * <tr><td>POST /v1/devices/NAME/compact</td><td>{@link
 * io.trueno.zram.agent.control.Compaction}</td></tr>
 * <tr><td>GET /metrics</td><td>Prometheus text</td></tr>
 * </table>
 */
@NullMarked
package io.trueno.zram.agent.control;

import org.jspecify.annotations.NullMarked;
