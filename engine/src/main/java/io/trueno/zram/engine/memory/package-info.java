/**
 * Off-heap memory: mapped files, and the few system calls that manage them. The only package of the
 * engine that calls native code.
 */
@NullMarked
package io.trueno.zram.engine.memory;

import org.jspecify.annotations.NullMarked;
