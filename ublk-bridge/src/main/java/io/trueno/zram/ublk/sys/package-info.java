/**
 * The kernel as seen from user space: the C library through jnr-ffi, and failures as exceptions.
 * Knows nothing of rings or devices.
 */
@NullMarked
package io.trueno.zram.ublk.sys;

import org.jspecify.annotations.NullMarked;
