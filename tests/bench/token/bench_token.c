/*
 * bench_token - makes and reads tokens, one way, and hashes as many bytes.
 *
 * usage: bench_token one|many|short|read|hash SECONDS
 *
 * Prints "MESSAGES CPU-SECONDS". hash is what can't be saved: one keyed
 * BLAKE2b of the plain bytes of a token.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "policy/token.h"

#define NOW 1795611600
#define MAX_BYTES 4096
#define RECIPIENTS 50
#define ROUND 1000
#define PLAIN_BYTES 64

static struct keys *ring;
static const struct key *key;
static char *recipients[RECIPIENTS];
static struct buf header;
static uint8_t plain[PLAIN_BYTES];

static void
make(size_t n)
{
	buf_reset(&header);
	token_header(key, NOW, "newsletter", recipients, n, n, MAX_BYTES,
	    &header);
}

static void
one(void)
{
	make(1);
}

static void
many(void)
{
	make(RECIPIENTS);
}

static void
brief(void)
{
	char text[TOKEN_SHORT_TEXT];

	token_short(key, NOW, "newsletter", recipients[0], text);
}

static void
read_one(void)
{
	enum token_fault fault;
	static struct token t;

	if (!token_read(ring, buf_span(&header), &t, &fault))
		abort();
}

static void
bare(void)
{
	uint8_t out[HASH_LONG_BYTES];
	struct hash h;

	hash_begin(&h, key->secrets->marks, sizeof(out));
	hash_add(&h, (struct span){ (const char *)plain, sizeof(plain) });
	hash_end(&h, out);
	plain[0] = out[0];
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "one", one },
	{ "many", many },
	{ "short", brief },
	{ "read", read_one },
	{ "hash", bare },
};

static double
cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static bool
prepare(struct error *err)
{
	char dir[] = "/tmp/suppressd-bench.XXXXXX", path[64], text[64];
	char id[LIMIT_KEY_ID_TEXT] = "k";

	if (mkdtemp(dir) == NULL) {
		error_errno(err, "%s", dir);
		return false;
	}
	if (keys_make(dir, id, NOW, -1, -1, err))
		ring = keys_load(dir, "", err);
	snprintf(path, sizeof(path), "%s/k.key", dir);
	unlink(path);
	rmdir(dir);
	key = keys_signer(ring);
	for (size_t i = 0; i < RECIPIENTS; i++) {
		snprintf(text, sizeof(text),
		    "firstname.lastname%zu@example.net", i);
		recipients[i] = mem_dup_text(text);
	}
	buf_init(&header, LIMIT_TOKEN_BYTES);
	return ring != NULL;
}

int
main(int argc, char **argv)
{
	unsigned long messages = 0;
	struct error err;
	size_t way = 0;
	double begin;

	while (argc == 3 && way < ARRAY_LEN(ways) &&
	       strcmp(ways[way].name, argv[1]) != 0)
		way++;
	if (argc != 3 || way == ARRAY_LEN(ways)) {
		fputs("usage: bench_token one|many|short|read|hash SECONDS\n",
		    stderr);
		return 2;
	}
	if (!prepare(&err)) {
		fprintf(stderr, "bench_token: %s\n", err.text);
		return 2;
	}
	one();
	begin = cpu_s();
	while (cpu_s() - begin < strtod(argv[2], NULL)) {
		for (int i = 0; i < ROUND; i++)
			ways[way].run();
		messages += ROUND;
	}
	printf("%lu %f\n", messages, cpu_s() - begin);
	return 0;
}
