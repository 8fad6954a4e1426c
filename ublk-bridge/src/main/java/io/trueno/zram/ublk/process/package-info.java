/**
 * What a process does to itself so that it can serve swap: the path that frees memory must not need
 * memory, nor wait for a thread that does.
 */
@NullMarked
package io.trueno.zram.ublk.process;

import org.jspecify.annotations.NullMarked;
