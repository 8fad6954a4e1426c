/** LZ4 blocks of one page; see {@link io.trueno.zram.engine.codec.PageCodecs}. */
@NullMarked
package io.trueno.zram.engine.codec.lz4;

import org.jspecify.annotations.NullMarked;
