package io.trueno.zram.agent;

import io.trueno.zram.agent.cli.AgentProgram;
import io.trueno.zram.agent.cli.CommandLineProgram;
import io.trueno.zram.ublk.process.SwapSafety;

/** Where the program begins. */
public final class Main {
    private Main() {}

    /**
     * Runs one command.
     *
     * @param args see {@code trueno-zram --help}; the process ends with 0, or 1 on a failure, or 2
     *     if the arguments are wrong
     */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("agent")) {
            SwapSafety.prepare(); // may start this process anew, so nothing is done before it
            AgentProgram.runPlain(args).ifPresent(System::exit);
        }
        System.exit(CommandLineProgram.run(args));
    }
}
