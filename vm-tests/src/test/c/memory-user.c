/*
 * Fills more memory than the machine has with real pages, then reads it all back in random order again and again and
 * compares every byte. No two pages are alike: each carries its number and the round it was written in.
 *
 * usage: memory-user MIB ROUNDS FILE...      FILE: raw 4096-byte pages, concatenated
 *
 * A line per round on standard output. Exit status 3: a page came back with other content.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096
#define STAMPS 2

static unsigned char *samples;
static size_t sample_pages;

static void read_samples(const char *path) {
	FILE *file = fopen(path, "rb");
	unsigned char page[PAGE];
	if (!file) {
		perror(path);
		exit(1);
	}
	while (fread(page, PAGE, 1, file) == 1) {
		samples = realloc(samples, (sample_pages + 1) * PAGE);
		if (!samples)
			exit(1);
		memcpy(samples + sample_pages++ * PAGE, page, PAGE);
	}
	fclose(file);
}

/* What page number, written in round, holds. */
static void make_page(unsigned char *target, uint64_t number, uint64_t round) {
	uint64_t stamp = (number << 8) | (round & 0xff);
	memcpy(target, samples + (number * 7919 + round) % sample_pages * PAGE, PAGE);
	for (size_t i = 0; i < STAMPS; i++)
		memcpy(target + i * (PAGE / STAMPS) + (number % 61) * 8, &stamp, sizeof stamp);
}

int main(int argc, char **argv) {
	if (argc < 4) {
		fprintf(stderr, "usage: memory-user MIB ROUNDS FILE...\n");
		return 2;
	}
	uint64_t pages = strtoull(argv[1], NULL, 10) * (1 << 20) / PAGE;
	int rounds = atoi(argv[2]);
	for (int i = 3; i < argc; i++)
		read_samples(argv[i]);

	unsigned char *memory =
		mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint8_t *written_in = calloc(pages, 1);
	if (memory == MAP_FAILED || !written_in) {
		perror("memory");
		return 1;
	}
	for (uint64_t i = 0; i < pages; i++)
		make_page(memory + i * PAGE, i, 0);
	printf("filled %llu pages\n", (unsigned long long)pages);
	fflush(stdout);

	unsigned char expected[PAGE];
	uint64_t random = 88172645463325252ULL;
	for (int round = 1; round <= rounds; round++) {
		/* Every page once: a step without a common divisor, from a random start. */
		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		uint64_t at = random % pages;
		for (uint64_t n = 0; n < pages; n++) {
			at = (at + 1000003) % pages;
			if (n % (pages / 8 + 1) == 0) { /* how far, for who looks at a run that hangs */
				printf("round %d: at %llu\n", round, (unsigned long long)n);
				fflush(stdout);
			}
			make_page(expected, at, written_in[at]);
			if (memcmp(memory + at * PAGE, expected, PAGE) != 0) {
				fprintf(stderr, "page %llu has other content than was written in round %d\n",
					(unsigned long long)at, written_in[at]);
				return 3;
			}
			if (at % 4 == 0) { /* some change, as memory does */
				written_in[at] = (uint8_t)round;
				make_page(memory + at * PAGE, at, written_in[at]);
			}
		}
		printf("round %d: %llu pages verified\n", round, (unsigned long long)pages);
		fflush(stdout);
	}
	return 0;
}
