package io.trueno.zram.agent.device;

import io.trueno.zram.engine.BlockDevice;

/**
 * The way to the devices from outside: the port that a transport fills. Called from one thread at a
 * time.
 */
public interface DeviceExports {
    /**
     * Lets clients reach {@code device} under {@code name}. The device stays the caller's.
     *
     * @param description one line for people, shown to clients that list the exports
     */
    void add(String name, BlockDevice device, String description);

    /**
     * Ends what {@link #add} began: takes no new clients, disconnects those that are there, and
     * returns when no request is at work on the device any more.
     */
    void remove(String name);

    /** How many clients are connected to {@code name} now. */
    int clients(String name);

    /** How a client names the export: {@code nbd+unix:///zram0?socket=…}. */
    String uri(String name);
}
