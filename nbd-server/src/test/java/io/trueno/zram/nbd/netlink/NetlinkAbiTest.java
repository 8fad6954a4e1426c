package io.trueno.zram.nbd.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetlinkAbiTest {
    /** What the C library's headers of Linux 6.1 do not tell. */
    private static final List<String> KERNELS_OWN = List.of("NBD_FLAG_SEND_WRITE_ZEROES");

    @TempDir private Path folder;

    @Test
    void everyConstantIsTheKernels() throws Exception {
        List<Field> constants =
                Stream.of(NetlinkAbi.class, NbdNetlinkAbi.class)
                        .flatMap(abi -> Stream.of(abi.getDeclaredFields()))
                        .filter(field -> field.getType() == int.class)
                        .filter(field -> !KERNELS_OWN.contains(field.getName()))
                        .toList();
        assertThat(constants).hasSizeGreaterThan(30);
        List<String> ours = new ArrayList<>();
        for (Field constant : constants) {
            ours.add(constant.getName() + " " + constant.getInt(null));
        }
        assertThat(compiled(constants.stream().map(Field::getName).toList())).isEqualTo(ours);
    }

    @Test
    void headersAreLaidOutAsTheyAreWritten() throws Exception {
        assertThat(
                        compiled(
                                List.of(
                                        "offsetof(struct nlmsghdr, nlmsg_type)",
                                        "offsetof(struct nlmsghdr, nlmsg_flags)",
                                        "offsetof(struct nlmsghdr, nlmsg_seq)",
                                        "offsetof(struct nlmsghdr, nlmsg_pid)",
                                        "offsetof(struct genlmsghdr, version)",
                                        "offsetof(struct nlattr, nla_type)",
                                        "offsetof(struct nlmsgerr, msg)",
                                        "sizeof(NBD_GENL_FAMILY_NAME)")))
                .extracting(line -> line.substring(line.lastIndexOf(' ') + 1))
                .containsExactly("4", "6", "8", "12", "1", "2", "4", "4");
    }

    /** What the C compiler makes of expressions: each, and its value. */
    private List<String> compiled(List<String> expressions)
            throws IOException, InterruptedException {
        StringBuilder source = new StringBuilder();
        for (String header :
                List.of(
                        "stdio.h",
                        "stddef.h",
                        "linux/genetlink.h",
                        "linux/nbd.h",
                        "linux/nbd-netlink.h")) {
            source.append("#include <").append(header).append(">\n");
        }
        source.append("int main(void) {\n");
        for (String expression : expressions) {
            source.append("printf(\"%s %lld\\n\", \"")
                    .append(expression)
                    .append("\", (long long) (")
                    .append(expression)
                    .append("));\n");
        }
        source.append("return 0;\n}\n");
        Path program = folder.resolve("abi");
        Files.writeString(folder.resolve("abi.c"), source);
        run("gcc", "-o", program.toString(), folder.resolve("abi.c").toString());
        return run(program.toString()).lines().toList();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
