// The peer of "bench uring": io_uring no-ops in batches, with nothing but system calls and the mapped rings.
//
// usage: nops BATCH SECONDS      prints no-ops per second
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    unsigned batch = atoi(argv[1]);
    double seconds = atof(argv[2]);
    struct io_uring_params p;
    memset(&p, 0, sizeof p);
    p.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
              IORING_SETUP_SUBMIT_ALL;
    int fd = syscall(SYS_io_uring_setup, batch, &p);
    if (fd < 0)
        return perror("io_uring_setup"), 1;
    size_t sq = p.sq_off.array + p.sq_entries * sizeof(unsigned);
    size_t cq = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
    char *rings = mmap(0, sq > cq ? sq : cq, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQ_RING);
    struct io_uring_sqe *sqes = mmap(0, p.sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQES);
    if (rings == MAP_FAILED || sqes == MAP_FAILED)
        return perror("mmap"), 1;
    unsigned *array = (unsigned *)(rings + p.sq_off.array);
    unsigned *sq_tail = (unsigned *)(rings + p.sq_off.tail), sq_mask = *(unsigned *)(rings + p.sq_off.ring_mask);
    unsigned *cq_head = (unsigned *)(rings + p.cq_off.head), cq_mask = *(unsigned *)(rings + p.cq_off.ring_mask);
    unsigned *cq_tail = (unsigned *)(rings + p.cq_off.tail);
    struct io_uring_cqe *cqes = (struct io_uring_cqe *)(rings + p.cq_off.cqes);
    for (unsigned i = 0; i < p.sq_entries; i++)
        array[i] = i;

    unsigned tail = 0, head = 0;
    unsigned long done = 0, sum = 0;
    double start = now(), end;
    do {
        for (int round = 0; round < 256; round++) {
            for (unsigned i = 0; i < batch; i++) {
                struct io_uring_sqe *sqe = &sqes[tail & sq_mask];
                memset(sqe, 0, sizeof *sqe);
                sqe->opcode = IORING_OP_NOP;
                sqe->fd = -1;
                sqe->user_data = i;
                tail++;
            }
            __atomic_store_n(sq_tail, tail, __ATOMIC_RELEASE);
            if (syscall(SYS_io_uring_enter, fd, batch, batch, IORING_ENTER_GETEVENTS, NULL, 0) != batch)
                return perror("io_uring_enter"), 1;
            unsigned ready = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE) - head;
            for (unsigned i = 0; i < ready; i++)
                sum += cqes[(head + i) & cq_mask].user_data;
            head += ready;
            __atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
            done += ready;
        }
        end = now();
    } while (end - start < seconds);
    if (sum != done / batch * (batch * (unsigned long)(batch - 1) / 2))
        return fprintf(stderr, "completions are missing\n"), 1;
    printf("%.0f\n", done / (end - start));
    return 0;
}
