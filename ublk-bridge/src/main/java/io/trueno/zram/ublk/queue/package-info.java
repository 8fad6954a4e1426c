/** The I/O path: requests of one queue, fetched, served and committed by one thread. */
@NullMarked
package io.trueno.zram.ublk.queue;

import org.jspecify.annotations.NullMarked;
