@NullMarked
package io.trueno.zram.engine.select;

import org.jspecify.annotations.NullMarked;
