package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.Json;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** {@code --json}. */
final class JsonOption {
    @Option(names = "--json", description = "Print JSON, sizes in bytes.")
    private boolean json;

    boolean given() {
        return json;
    }

    /** Prints {@code value} as JSON where asked for, else the text for people. */
    void print(Object value, Supplier<String> text) {
        System.out.print(json ? Json.write(value) + "\n" : text.get());
    }
}
