/** Measurements in guests; not part of a test run, since no class is named as a test. */
@NullMarked
package io.trueno.zram.vmtests.bench;

import org.jspecify.annotations.NullMarked;
