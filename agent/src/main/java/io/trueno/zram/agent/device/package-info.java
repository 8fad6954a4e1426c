/**
 * The devices that the agent has: made, changed and removed here, each a page store and its export.
 * Knows neither the control protocol nor the command line.
 */
@NullMarked
package io.trueno.zram.agent.device;

import org.jspecify.annotations.NullMarked;
