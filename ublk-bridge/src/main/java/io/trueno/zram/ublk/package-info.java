/**
 * Serves a {@code BlockDevice} of the engine as {@code /dev/ublkbN}. Users of the module need this
 * package; the others are its layers: {@code sys} below {@code uring} below {@code control} below
 * {@code queue}.
 */
@NullMarked
package io.trueno.zram.ublk;

import org.jspecify.annotations.NullMarked;
