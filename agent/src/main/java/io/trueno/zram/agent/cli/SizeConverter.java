package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.daemon.MachineMemory;
import io.trueno.zram.config.ByteSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes in options: {@code 512M}, {@code 50%}. */
final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return ByteSize.parse(text, MachineMemory::totalBytes);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is " + e.getMessage());
        }
    }
}
