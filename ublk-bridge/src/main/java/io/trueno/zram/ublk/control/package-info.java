/** The ublk driver's control device: what it can do, and the life of its devices. */
@NullMarked
package io.trueno.zram.ublk.control;

import org.jspecify.annotations.NullMarked;
