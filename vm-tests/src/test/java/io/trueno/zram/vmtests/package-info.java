/** The packaged agent on real kernels, observed from inside the guest. */
@NullMarked
package io.trueno.zram.vmtests;

import org.jspecify.annotations.NullMarked;
