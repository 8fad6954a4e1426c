/**
 * The command line: one class per command, each a thin layer of picocli options over the packages
 * that do the work. Results go to standard output, one line per error and all progress to standard
 * error.
 */
@NullMarked
package io.trueno.zram.agent.cli;

import org.jspecify.annotations.NullMarked;
