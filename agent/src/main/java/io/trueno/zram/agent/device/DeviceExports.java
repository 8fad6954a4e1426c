package io.trueno.zram.agent.device;

import io.trueno.zram.engine.BlockDevice;
import java.util.Map;
import java.util.Optional;

/**
 * One way to the devices from outside: the port that a transport fills. Called from one thread at a
 * time.
 */
public interface DeviceExports {
    /**
     * A device to export.
     *
     * @param name it has with us
     * @param cookie that is its alone among all devices of all agents, and outlives the agent
     * @param content what clients read and write; stays the caller's
     * @param description one line for people, shown to clients that list the exports
     * @param attach whether it is to be a block device of this machine, if that is a choice
     */
    record Export(
            String name, long cookie, BlockDevice content, String description, boolean attach) {}

    /** Why devices cannot be exported this way on this machine; empty if they can. */
    Optional<String> whyUnavailable();

    /**
     * Lets clients reach a device. If an earlier agent exported it, its clients go on.
     *
     * @throws DeviceException if that cannot be done
     */
    void add(Export export);

    /**
     * Ends what {@link #add} began: takes no new clients, disconnects those that are there, and
     * returns when no request is at work on the device any more.
     *
     * @param force although it is in use
     * @throws DeviceException if it is in use; it stays exported then
     */
    void remove(String name, boolean force);

    /** Ends service by this process; clients wait for the next agent where they can. */
    void detach(String name);

    /**
     * Fails unless {@link #resized} can work.
     *
     * @throws DeviceException with the reason
     */
    void requireResizable(String name);

    /** Tells clients that are there, if they can be told, that the device's size has changed. */
    void resized(String name);

    /** How many clients use {@code name} now. */
    int clients(String name);

    /**
     * What the transport has done for {@code name}, by names of its own; empty if it counts
     * nothing.
     */
    Map<String, Long> statistics(String name);

    /** Why it is no block device of this machine; empty if it is, or is not to be. */
    String whyNotAttached(String name);

    /** How a client names it: {@code /dev/ublkb0}, {@code nbd+unix:///zram0?socket=…}. */
    String uri(String name);
}
