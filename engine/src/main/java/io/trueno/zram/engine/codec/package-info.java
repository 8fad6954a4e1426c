/**
 * Page codecs: {@link io.trueno.zram.engine.codec.PageCodec} and one package per format below.
 * Codecs know nothing of the store; they may use {@code engine.kernel} and nothing else of ours.
 */
@NullMarked
package io.trueno.zram.engine.codec;

import org.jspecify.annotations.NullMarked;
