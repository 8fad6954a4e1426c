package io.trueno.zram.agent.control;

import io.trueno.zram.agent.device.DeviceStatus;
import java.util.List;

/** Every device, in order of numbers. */
public record DeviceList(List<DeviceStatus> devices) {}
