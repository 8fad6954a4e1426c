/*
 * Prints what the kernel's ublk driver knows of a device, as lines that its selftests read.
 *
 * usage: ublk-list NUMBER      Exit status 1: there is no such device.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/ublk_cmd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const states[] = {"DEAD", "LIVE", "QUIESCED", "FAIL_IO"};

static void fail(const char *what) {
	perror(what);
	exit(2);
}

/* Sends one command with a ring of its own; its result is what the driver answered, negative on failure. */
static int command(int control, uint32_t operation, const struct ublksrv_ctrl_cmd *argument) {
	struct io_uring_params params = {.flags = IORING_SETUP_SQE128};
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0)
		fail("io_uring_setup");
	/* Both rings lie in one mapping since Linux 5.4; of 64-byte entries an 128-byte one takes two. */
	size_t length = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
	size_t submissions = params.sq_off.array + params.sq_entries * sizeof(uint32_t);
	length = length > submissions ? length : submissions;
	char *rings = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	struct io_uring_sqe *entry = mmap(NULL, 2 * sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	if (rings == MAP_FAILED || entry == MAP_FAILED)
		fail("mmap");
	memset(entry, 0, 2 * sizeof(*entry));
	entry->opcode = IORING_OP_URING_CMD;
	entry->fd = control;
	entry->cmd_op = operation;
	memcpy(entry->cmd, argument, sizeof(*argument));
	*(uint32_t *)(rings + params.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(rings + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		fail("io_uring_enter");
	int result = ((struct io_uring_cqe *)(rings + params.cq_off.cqes))->res;
	close(ring);
	return result;
}

int main(int count, char **arguments) {
	if (count != 2)
		return 2;
	int control = open("/dev/ublk-control", O_RDWR);
	if (control < 0)
		fail("/dev/ublk-control");
	struct ublksrv_ctrl_dev_info info;
	struct ublksrv_ctrl_cmd argument = {
	        .dev_id = (uint32_t)atoi(arguments[1]),
	        .queue_id = UINT16_MAX,
	        .addr = (uint64_t)(uintptr_t)&info,
	        .len = sizeof(info),
	};
	int result = command(control, _IOR('u', UBLK_CMD_GET_DEV_INFO, struct ublksrv_ctrl_cmd), &argument);
	if (result < 0) {
		fprintf(stderr, "ublk-list: device %s: %s\n", arguments[1], strerror(-result));
		return 1;
	}
	printf("dev id %u: nr_hw_queues %u queue_depth %u\n", info.dev_id, info.nr_hw_queues, info.queue_depth);
	printf("\tmax rq size %u daemon pid %d flags 0x%llx state %s\n", info.max_io_buf_bytes, info.ublksrv_pid,
	       (unsigned long long)info.flags, info.state < 4 ? states[info.state] : "UNKNOWN");
	return 0;
}
