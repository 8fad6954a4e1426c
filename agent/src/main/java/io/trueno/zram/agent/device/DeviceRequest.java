package io.trueno.zram.agent.device;

import io.trueno.zram.config.DeviceBackend;
import io.trueno.zram.config.DeviceConfig;
import io.trueno.zram.config.DeviceDefaults;
import io.trueno.zram.config.StorePolicy;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code create} asks for; null where the agent's defaults shall hold.
 *
 * @param name {@code zramN}; null for the lowest free number
 * @param sizeBytes rounded up to whole pages
 * @param algorithm as zram writes it
 * @param policy {@code speed}, {@code balanced} or {@code ratio}
 * @param memLimitBytes 0 for no limit
 * @param softLimitBytes memory at which the agent says so; 0 for none
 * @param headroomBytes memory kept ready ahead of its use
 * @param backend {@code auto}, {@code ublk} or {@code nbd}
 * @param attach whether one over NBD is to be a block device of this machine too
 */
public record DeviceRequest(
        @Nullable String name,
        @Nullable Long sizeBytes,
        @Nullable String algorithm,
        @Nullable String policy,
        @Nullable Long memLimitBytes,
        @Nullable Long softLimitBytes,
        @Nullable Long headroomBytes,
        @Nullable String backend,
        @Nullable Boolean attach) {
    /** A device of so many bytes, all else by default; null leaves that to the defaults too. */
    public static DeviceRequest of(@Nullable Long sizeBytes) {
        return new DeviceRequest(null, sizeBytes, null, null, null, null, null, null, null);
    }

    /**
     * The device that is asked for.
     *
     * @param as its name
     * @throws DeviceException if something is missing or makes no sense
     */
    DeviceConfig config(String as, DeviceDefaults defaults) {
        if (sizeBytes == null && defaults.sizeBytes().isEmpty()) {
            throw DeviceException.badRequest(
                    "a device needs a size: give --size, or set size in [default]");
        }
        StorePolicy wanted = word(StorePolicy.class, "policy", policy, defaults.policy());
        return new DeviceConfig(
                as,
                sizeBytes == null ? defaults.sizeBytes().getAsLong() : sizeBytes,
                algorithmUnder(wanted, defaults),
                wanted,
                size("memLimitBytes", memLimitBytes, defaults.memLimitBytes()),
                size("softLimitBytes", softLimitBytes, defaults.softLimitBytes()),
                size("headroomBytes", headroomBytes, defaults.headroomBytes()),
                word(DeviceBackend.class, "backend", backend, defaults.backend()),
                attach == null ? defaults.attach() : attach);
    }

    /** A request that names a policy and no algorithm leaves the choice to the policy. */
    private String algorithmUnder(StorePolicy wanted, DeviceDefaults defaults) {
        if (algorithm != null) {
            return algorithm;
        }
        return policy == null ? defaults.algorithm() : wanted.defaultAlgorithm();
    }

    private static long size(String what, @Nullable Long bytes, long otherwise) {
        if (bytes != null && bytes < 0) {
            throw DeviceException.badRequest("negative " + what + "=" + bytes + ": use 0 for none");
        }
        return bytes == null ? otherwise : bytes;
    }

    private static <E extends Enum<E>> E word(
            Class<E> type, String what, @Nullable String text, E otherwise) {
        if (text == null) {
            return otherwise;
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(c -> lowerCase(c).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        DeviceException.badRequest(
                                "unknown "
                                        + what
                                        + " '"
                                        + text
                                        + "': use "
                                        + Arrays.stream(type.getEnumConstants())
                                                .map(DeviceRequest::lowerCase)
                                                .collect(Collectors.joining(", "))));
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
