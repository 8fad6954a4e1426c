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
            Path folder =
                    Path.of(
                            "target/vm-failures",
                            context.getRequiredTestClass().getSimpleName(),
                            fileName(
                                    context.getRequiredTestMethod().getName()
                                            + " "
                                            + context.getDisplayName()
                                            + " "
                                            + guest.get().machine()));
            Files.createDirectories(folder.getParent());
            guest.get().keepEvidence(Files.createDirectories(folder));
            System.err.println("evidence kept in " + folder.toAbsolutePath());
        }
    }

    /** A test with parameters is told by its display name from the same one with others. */
    private static String fileName(String name) {
        return name.replaceAll("\\W+", "-");
    }
}
