package io.trueno.zram.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the NBD server listens.
 *
 * @param unixSocket always served; absolute
 * @param listen the TCP address, empty for none. The protocol here has neither encryption nor
 *     authentication.
 */
public record NbdConfig(Path unixSocket, Optional<ListenAddress> listen) {}
