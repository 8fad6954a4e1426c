package io.trueno.zram.vmtests.lab;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The scripts that run in a guest. */
final class Resources {
    private Resources() {}

    static byte[] bytes(String name) throws IOException {
        try (InputStream in = Resources.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
