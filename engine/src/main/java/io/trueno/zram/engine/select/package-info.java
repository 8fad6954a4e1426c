/**
 * Choice of a codec per page from a sample of its bytes. Knows no codec: it says which {@link
 * io.trueno.zram.engine.Algorithm} to try, and {@link io.trueno.zram.engine.AdaptiveCompressor}
 * does it. Used by that class, by the store and by the measurements that train it.
 */
@NullMarked
package io.trueno.zram.engine.select;

import org.jspecify.annotations.NullMarked;
