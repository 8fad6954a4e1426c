package io.trueno.zram.vmtests.lab;

/**
 * What a command in a guest left behind.
 *
 * @param exit its status; {@link #TIMED_OUT} if it was ended
 */
public record CommandResult(int exit, String out, String err) {
    /** Exit status of a command that took longer than it may. */
    public static final int TIMED_OUT = 124;
}
