package io.trueno.zram.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every key there is, and where it may stand. The keys of {@link Group#DEVICE} stand both in {@code
 * [default]} and in each {@code [zramN]}.
 */
enum ConfigKey {
    RUNTIME_DIR(Group.AGENT),
    METRICS_LISTEN(Group.AGENT),
    UNIX_SOCKET(Group.NBD),
    LISTEN(Group.NBD),
    QUEUES(Group.UBLK),
    DEPTH(Group.UBLK),
    MAX_IO(Group.UBLK),
    SIZE(Group.DEVICE),
    ALGORITHM(Group.DEVICE),
    POLICY(Group.DEVICE),
    MEM_LIMIT(Group.DEVICE),
    SOFT_LIMIT(Group.DEVICE),
    HEADROOM(Group.DEVICE),
    BACKEND(Group.DEVICE),
    ATTACH(Group.DEVICE);

    /** The kinds of section. */
    enum Group {
        AGENT,
        NBD,
        UBLK,
        DEVICE
    }

    static final String AGENT_SECTION = "agent";
    static final String NBD_SECTION = "nbd";
    static final String UBLK_SECTION = "ublk";
    static final String DEFAULT_SECTION = "default";

    /** Numbers as the kernel gives them: without leading zeros. */
    static final Pattern DEVICE_SECTION = Pattern.compile("zram(0|[1-9]\\d{0,4})");

    final Group group;

    ConfigKey(Group group) {
        this.group = group;
    }

    /** As it stands in a file: {@code mem-limit}. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The key {@code text} in {@code section}, if there is one. */
    static Optional<ConfigKey> find(String section, String text) {
        return groupOf(section).stream()
                .flatMap(g -> inGroup(g).stream())
                .filter(k -> k.text().equals(text))
                .findFirst();
    }

    /** The kind of section that {@code section} names, if it names any. */
    static Optional<Group> groupOf(String section) {
        return switch (section) {
            case AGENT_SECTION -> Optional.of(Group.AGENT);
            case NBD_SECTION -> Optional.of(Group.NBD);
            case UBLK_SECTION -> Optional.of(Group.UBLK);
            case DEFAULT_SECTION -> Optional.of(Group.DEVICE);
            default ->
                    DEVICE_SECTION.matcher(section).matches()
                            ? Optional.of(Group.DEVICE)
                            : Optional.empty();
        };
    }

    static List<ConfigKey> inGroup(Group group) {
        return Arrays.stream(values()).filter(k -> k.group == group).toList();
    }
}
