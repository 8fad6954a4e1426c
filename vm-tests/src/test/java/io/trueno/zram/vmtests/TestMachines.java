package io.trueno.zram.vmtests;

import io.trueno.zram.vmtests.lab.Machines;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The machines of a test class: all that have ublk, unless {@link Kernels} says other. */
final class TestMachines implements ArgumentsProvider {
    @Override
    public Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context) {
        Kernels kernels = context.getRequiredTestClass().getAnnotation(Kernels.class);
        return (kernels == null ? Machines.withUblk() : kernels.value().machines())
                .map(Arguments::of);
    }
}
