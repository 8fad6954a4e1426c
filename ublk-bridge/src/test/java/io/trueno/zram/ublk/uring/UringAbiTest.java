package io.trueno.zram.ublk.uring;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.ublk.KernelHeaders;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UringAbiTest {
    @Test
    void everyOffsetAndConstantIsTheKernels(@TempDir Path folder) throws Exception {
        KernelHeaders headers =
                new KernelHeaders("linux/io_uring.h")
                        .expect("sizeof(struct io_uring_sqe)", UringAbi.SQE.byteSize())
                        .expect("offsetof(struct io_uring_sqe, opcode)", at("opcode"))
                        .expect("offsetof(struct io_uring_sqe, fd)", at("fd"))
                        .expect("offsetof(struct io_uring_sqe, cmd_op)", at("cmd_op"))
                        .expect(
                                "offsetof(struct io_uring_sqe, poll32_events)",
                                at("uring_cmd_flags"))
                        .expect("offsetof(struct io_uring_sqe, user_data)", at("user_data"))
                        .expect("offsetof(struct io_uring_sqe, cmd)", at("cmd"))
                        .expect(UringAbi.CQE)
                        .expect(UringAbi.SQ_OFFSETS)
                        .expect(UringAbi.CQ_OFFSETS)
                        .expect(UringAbi.PARAMS);
        int constants = 0;
        for (Field field : UringAbi.class.getDeclaredFields()) {
            boolean number = field.getType() == int.class || field.getType() == long.class;
            if (Modifier.isStatic(field.getModifiers()) && number) {
                headers.expect(field.getName(), ((Number) field.get(null)).longValue());
                constants++;
            }
        }
        assertThat(constants).isGreaterThan(10);
        assertThat(headers.differences(folder)).isEmpty();
    }

    private static long at(String field) {
        return UringAbi.offset(UringAbi.SQE, field);
    }
}
