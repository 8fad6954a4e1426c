/**
 * Configuration files, environment variables and command-line flags, merged by precedence into
 * validated immutable records. Depends on no other module of ours and knows nothing of what the
 * values do: names of algorithms are checked by a function that the agent passes in.
 *
 * <p>Entry point: {@link io.trueno.zram.config.ConfigLoader}. Every key is documented in {@code
 * config/README.md}.
 */
@NullMarked
package io.trueno.zram.config;

import org.jspecify.annotations.NullMarked;
