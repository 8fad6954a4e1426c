package io.trueno.zram.ublk.process;

/**
 * One condition for serving swap.
 *
 * @param name of it, for people and programs
 * @param holds whether it does
 * @param detail what was found
 * @param remedy what to do if it does not hold; empty if it does
 */
public record SwapCheck(String name, boolean holds, String detail, String remedy) {
    /** A condition that holds. */
    public static SwapCheck holds(String name, String detail) {
        return new SwapCheck(name, true, detail, "");
    }

    /** A condition that holds or not. */
    public static SwapCheck of(String name, boolean holds, String detail, String remedy) {
        return new SwapCheck(name, holds, detail, holds ? "" : remedy);
    }
}
