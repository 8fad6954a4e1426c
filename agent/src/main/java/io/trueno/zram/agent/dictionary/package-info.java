/** Training of dictionaries, which the engine leaves to its user. */
@NullMarked
package io.trueno.zram.agent.dictionary;

import org.jspecify.annotations.NullMarked;
