/**
 * Guests: a stock kernel in QEMU, or a User-Mode Linux kernel, that sees this machine's files
 * without being able to change them, and runs commands for a test. Knows nothing of the agent.
 */
@NullMarked
package io.trueno.zram.vmtests.lab;

import org.jspecify.annotations.NullMarked;
