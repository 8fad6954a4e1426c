/**
 * Zstandard (RFC 8878) for single 4 KiB pages: an encoder that knows the size of its input and
 * keeps its tables from page to page, and a decoder that trusts nothing. Only {@code engine.codec}
 * uses this package.
 */
@NullMarked
package io.trueno.zram.engine.codec.zstd;

import org.jspecify.annotations.NullMarked;
