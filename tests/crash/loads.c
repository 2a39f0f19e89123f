/*
 * loads - a writer that loads many values is killed with SIGKILL, now and
 * then.
 *
 * usage: loads ROUNDS SEED
 *
 * Each round goes on with the store of the one before. Afterwards each value
 * that was told of is there, of each shard's slice all or nothing, and the
 * index is what the journal says. The last line is "N passed, N failed".
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "db/load.h"
#include "db/store_impl.h"
#include "tests/crash/model.h"
#include "tests/crash/tree.h"

/* Of one load: some 1500 a shard, so that shards are built anew. */
#define VALUES 100000

/* Which values the killed one was told are there; shared. */
static volatile unsigned char *told;

static char top[64], dir[80];

static struct change
add_of(int round, int n)
{
	struct change c = { .op = CHANGE_ADD,
		.source = SOURCE_API,
		.stream = "*",
		.by = "loads",
		.if_new = true };
	char text[60];

	snprintf(text, sizeof(text), "r%d-%d@example.com", round, n);
	value_of(&c.value, KIND_EMAIL, text);
	return c;
}

static void
tell(uint64_t tag, const struct change_result *result, void *arg)
{
	(void)result;
	(void)arg;
	told[tag] = 1;
}

static void
run_load(int round, int ready)
{
	struct error err = { 0 };
	struct store *st = model_open(dir, true, &err);
	struct load *l;

	if (st == NULL)
		_exit(1);
	l = load_new(st, false);
	for (int i = 0; i < VALUES; i++) {
		struct change c = add_of(round, i);

		if (!load_add(l, &c, (uint64_t)i, &err))
			_exit(1);
	}
	if (write(ready, "x", 1) != 1 || !load_commit(l, tell, NULL, &err))
		_exit(1);
	_exit(0);
}

/* False: it ended by itself, and badly. */
static bool
kill_load(int round, long after_ms)
{
	int ready[2], status;
	char byte;
	pid_t pid;

	memset((void *)(uintptr_t)told, 0, VALUES);
	if (pipe(ready) != 0)
		return false;
	pid = fork();
	if (pid == 0)
		run_load(round, ready[1]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) == 1)
		nanosleep(&(struct timespec){ .tv_sec = after_ms / 1000,
			      .tv_nsec = after_ms % 1000 * 1000000 },
		    NULL);
	close(ready[0]);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) || WEXITSTATUS(status) == 0;
}

/* What is acknowledged is there, and of a slice all or nothing. */
static bool
is_whole(struct store *st, int round)
{
	size_t there[SHARDS] = { 0 }, all[SHARDS] = { 0 };
	bool ok = true;

	for (int i = 0; i < VALUES; i++) {
		struct change c = add_of(round, i);
		uint8_t hash[VALUE_HASH_BYTES];
		struct record rec;
		struct error err;
		bool found = false;

		store_hash(st, &c.value, hash);
		if (!store_get(st, &c.value, &rec, &found, &err))
			fprintf(stderr, "%s: %s\n", c.value.text, err.text);
		if (found)
			record_done(&rec);
		all[shard_of(hash)]++;
		there[shard_of(hash)] += found;
		if (told[i] && !found) {
			fprintf(stderr, "%s: lost\n", c.value.text);
			ok = false;
		}
	}
	for (size_t i = 0; i < SHARDS; i++)
		if (there[i] != 0 && there[i] != all[i]) {
			fprintf(stderr, "round %d, shard %zu: %zu of %zu\n",
			    round, i, there[i], all[i]);
			ok = false;
		}
	return ok;
}

static void
complain(const char *line, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

static bool
holds(int round)
{
	struct store_totals totals;
	struct error err = { 0 };
	struct store *st = model_open(dir, true, &err);
	bool ok;

	if (st == NULL) {
		fprintf(stderr, "does not open: %s\n", err.text);
		return false;
	}
	ok = is_whole(st, round) &&
	     store_verify(st, complain, NULL, &totals, &err) &&
	     totals.faults == 0;
	store_close(st);
	return ok;
}

/* The check in a process of its own: TDB bears no fork after it. */
static bool
check(int round)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(holds(round) ? 0 : 1);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

int
main(int argc, char **argv)
{
	int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 3, passed = 0;
	unsigned seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;

	snprintf(top, sizeof(top), "/tmp/suppressd-loads.XXXXXX");
	told = mmap(NULL, VALUES, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (told == MAP_FAILED || mkdtemp(top) == NULL)
		return 2;
	snprintf(dir, sizeof(dir), "%s/store", top);
	for (int i = 0; i < rounds; i++)
		passed += kill_load(i, rand_r(&seed) % 1500) && check(i);
	tree_remove(top);
	printf("%d passed, %d failed\n", passed, rounds - passed);
	return passed == rounds ? 0 : 1;
}
