package io.trueno.zram.ublk;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the C compiler makes of the kernel's headers: those of the machine, or those in the folder
 * that {@code trueno.zram.kernel.headers} names.
 */
public final class KernelHeaders {
    private final String header;
    private final Map<String, Long> expected = new LinkedHashMap<>();

    public KernelHeaders(String header) {
        this.header = header;
    }

    /** Expects a structure to be laid out as ours is: its size, and the place of every field. */
    public KernelHeaders expect(StructLayout ours) {
        String type = "struct " + ours.name().orElseThrow();
        expected.put("sizeof(" + type + ")", ours.byteSize());
        return expectFields(ours);
    }

    /** The same for the beginning of a structure that goes on. */
    public KernelHeaders expectFields(StructLayout ours) {
        String type = "struct " + ours.name().orElseThrow();
        for (MemoryLayout field : ours.memberLayouts()) {
            if (!(field instanceof PaddingLayout)) {
                String name = field.name().orElseThrow();
                expected.put(
                        "offsetof(" + type + ", " + name + ")",
                        ours.byteOffset(PathElement.groupElement(name)));
            }
        }
        return this;
    }

    /** Expects an expression, such as the name of a constant, to have a value. */
    public KernelHeaders expect(String expression, long value) {
        expected.put(expression, value);
        return this;
    }

    /**
     * Compiles and compares. A constant that the headers are too old for is left out.
     *
     * @return a line for each difference
     */
    public List<String> differences(Path folder) throws IOException, InterruptedException {
        Path program = folder.resolve("layout");
        Files.writeString(folder.resolve("layout.c"), source());
        List<String> compiler = new ArrayList<>(List.of("gcc", "-x", "c", "-w"));
        String headers = System.getProperty("trueno.zram.kernel.headers");
        if (headers != null) {
            compiler.add("-I" + headers);
        }
        compiler.addAll(List.of("-o", program.toString(), folder.resolve("layout.c").toString()));
        run(compiler);
        List<String> differences = new ArrayList<>();
        for (String line : run(List.of(program.toString())).lines().toList()) {
            int tab = line.indexOf('\t');
            String expression = line.substring(tab + 1);
            long value = Long.parseLong(line.substring(0, tab));
            long ours = Objects.requireNonNull(expected.get(expression), expression);
            if (value != ours) {
                differences.add(expression + " is " + value + ", ours " + ours);
            }
        }
        return differences;
    }

    private String source() {
        StringBuilder source = new StringBuilder();
        source.append("#include <stdio.h>\n#include <stddef.h>\n#include <sys/ioctl.h>\n#include <")
                .append(header)
                .append(">\nint main(void) {\n");
        expected.keySet()
                .forEach(expression -> {
                    boolean macro = expression.matches("(UBLK|IORING_SETUP|IORING_FEAT)[A-Z0-9_]*");
                    String print =
                            "printf(\"%lld\\t%s\\n\", (long long) ("
                                    + expression
                                    + "), \""
                                    + expression
                                    + "\");\n";
                    source.append(
                            macro ? "#ifdef " + expression + "\n" + print + "#endif\n" : print);
                });
        return source.append("return 0;\n}\n").toString();
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command.getFirst() + " failed: " + said);
        }
        return said;
    }
}
