/**
 * The kernel as seen from user space: sockets and the block device's file, through jffi, and
 * failures as exceptions. Knows nothing of NBD.
 */
@NullMarked
package io.trueno.zram.nbd.sys;

import org.jspecify.annotations.NullMarked;
