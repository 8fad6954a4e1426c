/**
 * Loops over page bytes, scalar here and vectorised in {@code kernel.vector}, behind one seam. The
 * lowest layer: depends on nothing of ours but the public API's enums.
 */
@NullMarked
package io.trueno.zram.engine.kernel;

import org.jspecify.annotations.NullMarked;
