/**
 * The long-running agent: its runtime directory, its sockets, its start and its end. Joins the
 * devices to the transports and to the control socket.
 */
@NullMarked
package io.trueno.zram.agent.daemon;

import org.jspecify.annotations.NullMarked;
