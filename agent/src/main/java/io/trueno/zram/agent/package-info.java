/**
 * The program: {@link io.trueno.zram.agent.Main} hands the command line to {@code agent.cli}. Below
 * it, {@code agent.daemon} runs the devices of {@code agent.device} and serves {@code
 * agent.control}, whose client the commands are; {@code agent.demo}, {@code agent.entropy} and
 * {@code agent.bench} do one command's work each and know nothing of the command line.
 */
@NullMarked
package io.trueno.zram.agent;

import org.jspecify.annotations.NullMarked;
