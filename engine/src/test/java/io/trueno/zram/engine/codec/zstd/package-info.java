@NullMarked
package io.trueno.zram.engine.codec.zstd;

import org.jspecify.annotations.NullMarked;
