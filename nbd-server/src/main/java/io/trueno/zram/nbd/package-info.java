/**
 * Serves {@link io.trueno.zram.engine.BlockDevice}s over the Network Block Device protocol. The
 * public types are {@link io.trueno.zram.nbd.NbdServer}, its options and its statistics; the rest
 * is the protocol, in the order of a request's way: connection, handshake, request, rules, request
 * server, reply writer. Numbers and names are those of the NBD project's protocol document.
 */
@NullMarked
package io.trueno.zram.nbd;

import org.jspecify.annotations.NullMarked;
