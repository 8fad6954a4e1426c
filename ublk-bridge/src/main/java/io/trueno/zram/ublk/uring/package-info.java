/** One io_uring: its queues in mapped memory, and one system call for a batch of entries. */
@NullMarked
package io.trueno.zram.ublk.uring;

import org.jspecify.annotations.NullMarked;
