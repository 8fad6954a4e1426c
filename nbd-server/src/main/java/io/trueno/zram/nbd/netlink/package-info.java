/**
 * The commands of the kernel's nbd driver, {@code include/uapi/linux/nbd-netlink.h}, over generic
 * netlink. {@link io.trueno.zram.nbd.netlink.NbdControl} is what others use.
 */
@NullMarked
package io.trueno.zram.nbd.netlink;

import org.jspecify.annotations.NullMarked;
