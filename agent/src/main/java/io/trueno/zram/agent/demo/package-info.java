/**
 * The demo: an agent of its own, a device, and a small NBD client that puts real memory pages
 * through it and checks that they come back.
 */
@NullMarked
package io.trueno.zram.agent.demo;

import org.jspecify.annotations.NullMarked;
