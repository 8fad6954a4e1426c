/**
 * How compressible memory would be: samples pages of files or of a process, and compresses them
 * with the engine's codecs.
 */
@NullMarked
package io.trueno.zram.agent.entropy;

import org.jspecify.annotations.NullMarked;
