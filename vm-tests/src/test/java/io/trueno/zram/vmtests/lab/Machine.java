package io.trueno.zram.vmtests.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Something that runs a guest as a process: its standard input and output are the channel for
 * commands, and it shares {@code exchange} with the guest at {@code /run/exchange}. Knows what JVMs
 * in the guest have to be told.
 */
public sealed interface Machine permits QemuMachine, UmlMachine {
    /**
     * What starts a guest.
     *
     * @param exchange an empty folder for files that the machine itself needs; the guest writes the
     *     console to {@code console.log} there
     */
    List<String> command(GuestSpec spec, Path exchange) throws IOException;

    /** {@code JDK_JAVA_OPTIONS} in the guest. */
    String javaOptions();
}
