/*
 * clients - several processes add to one store while they are killed.
 *
 * usage: clients ROUNDS SEED
 *
 * In each round a writer serves, clients add one value after the other as
 * suppressctl does, and after a moment one or all are killed with SIGKILL.
 * At the end all that was acknowledged must be there. The last line is
 * "N passed, N failed".
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "db/store.h"
#include "tests/crash/model.h"
#include "tests/crash/tree.h"

#define CLIENTS 4
#define VALUES_MAX 100000

/* How many values each client was told are there; shared. */
struct told {
	volatile int acked[CLIENTS];
};

static char top[64], dir[80];

static struct change
add_of(int client, int n)
{
	struct change c = { .op = CHANGE_ADD,
		.source = SOURCE_API,
		.stream = "*",
		.by = "client" };
	char text[60];

	snprintf(text, sizeof(text), "c%d-%d@example.com", client, n);
	value_of(&c.value, KIND_EMAIL, text);
	return c;
}

static void
run_writer(void)
{
	struct error err = { 0 };
	struct store *st = model_open(dir, true, &err);

	/* Another one may be the writer for a moment. */
	if (st == NULL || !store_serve(st, NULL, &err))
		_exit(err.code == ERROR_BUSY ? 0 : 1);
	for (;;)
		pause();
}

static void
run_client(struct told *told, int number)
{
	const struct store_options options = { .mode = STORE_CHANGE,
		.lock_wait_s = 10 };

	while (told->acked[number] < VALUES_MAX) {
		struct error err = { 0 };
		struct store *st = store_open(dir, &options, &err);
		struct change_result result;
		struct change c;

		if (st == NULL && err.code == ERROR_BUSY)
			continue;
		if (st == NULL) {
			fprintf(stderr, "client: %s\n", err.text);
			_exit(1);
		}
		/* One after the other, until the writer is gone: a value
		 * without an answer is tried again. */
		for (int n = 0; n < 16; n++) {
			c = add_of(number, told->acked[number]);
			if (!store_change(st, &c, 1, &result, &err))
				break;
			told->acked[number]++;
		}
		store_close(st);
	}
	_exit(0);
}

static bool
check(const struct told *told)
{
	struct error err = { 0 };
	struct store *st = model_open(dir, true, &err);
	struct model none = { 0 };
	bool ok = st != NULL;

	if (st == NULL)
		fprintf(stderr, "%s\n", err.text);
	for (int i = 0; ok && i < CLIENTS; i++) {
		for (int n = 0; ok && n < told->acked[i]; n++) {
			struct change c = add_of(i, n);
			struct record rec;
			bool found = false;

			ok = store_get(st, &c.value, &rec, &found, &err) &&
			     found;
			if (found)
				record_done(&rec);
			if (!ok)
				fprintf(stderr,
				    "%s: acknowledged, and not there\n",
				    c.value.text);
		}
	}
	ok = ok && model_holds(&none, st);
	store_close(st);
	return ok;
}

static pid_t
start(struct told *told, int number)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (number == CLIENTS)
		run_writer();
	else
		run_client(told, number);
	_exit(0);
}

/* One that ended by itself has found something wrong. */
static bool
stop(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	return waitpid(pid, &status, 0) == pid &&
	       (WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
}

static bool
round_of(struct told *told, unsigned *seed)
{
	pid_t pids[CLIENTS + 1];
	bool ok = true;
	int status;

	for (int i = 0; i <= CLIENTS; i++)
		pids[i] = start(told, i);
	/* A few kills of one process, then of all. */
	for (int i = 0; i < 3; i++) {
		int one = i == 0 ? CLIENTS : (int)(rand_r(seed) % CLIENTS);

		nanosleep(
		    &(struct timespec){
			.tv_nsec =
			    20000000 + (long)(rand_r(seed) % 60) * 1000000 },
		    NULL);
		ok = stop(pids[one]) && ok;
		pids[one] = start(told, one);
	}
	for (int i = 0; i <= CLIENTS; i++)
		ok = stop(pids[i]) && ok;
	if (fork() == 0)
		_exit(check(told) ? 0 : 1);
	wait(&status);
	return ok && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int
main(int argc, char **argv)
{
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 5;
	unsigned seed = argc > 2 ? (unsigned)strtol(argv[2], NULL, 10) : 1;
	int passed = 0, failed = 0, all = 0;

	snprintf(top, sizeof(top), "/tmp/suppressd-crash.XXXXXX");
	if (mkdtemp(top) == NULL)
		return 2;
	snprintf(dir, sizeof(dir), "%s/store", top);
	if (fork() == 0) {
		struct error err;

		store_close(model_open(dir, true, &err));
		_exit(0);
	}
	wait(NULL);
	for (long i = 0; i < rounds; i++) {
		bool ok = round_of(told, &seed);

		passed += ok;
		failed += !ok;
	}
	for (int i = 0; i < CLIENTS; i++)
		all += told->acked[i];
	if (all == 0) {
		printf("nothing was acknowledged\n");
		failed++;
	}
	printf("clients: %d acknowledged\n%d passed, %d failed\n", all, passed,
	    failed);
	tree_remove(top);
	return failed == 0 && passed > 0 ? 0 : 1;
}
