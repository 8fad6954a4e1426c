package io.trueno.zram.agent.cli;

import picocli.CommandLine.Option;

/** {@code --force}. */
final class ForceOption {
    @Option(names = "--force", description = "Disconnect the device's clients.")
    private boolean force;

    boolean given() {
        return force;
    }
}
