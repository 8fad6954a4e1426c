package io.trueno.zram.vmtests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * When a test fails, keeps console, kernel log, agent log with thread dump, and the commands of its
 * guest under {@code target/vm-failures/CLASS/TEST}.
 */
public final class FailureKeeper implements AfterTestExecutionCallback {
    private final Supplier<Guest> guest;

    /**
     * A keeper for one test class.
     *
     * @param guest that the tests use
     */
    public FailureKeeper(Supplier<Guest> guest) {
        this.guest = guest;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            String method = context.getRequiredTestMethod().getName();
            // Of a test with parameters the display name tells them, of another it is method().
            String test = method + context.getDisplayName().replace(method + "()", "");
            Path folder =
                    Path.of(
                            "target/vm-failures",
                            context.getRequiredTestClass().getSimpleName(),
                            (test + " " + guest.get().machine()).replaceAll("\\W+", "-"));
            Files.createDirectories(folder.getParent());
            guest.get().keepEvidence(Files.createDirectories(folder));
            System.err.println("evidence kept in " + folder.toAbsolutePath());
        }
    }
}
