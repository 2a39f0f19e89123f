/*
 * sweep - lets a workload fail at each system call that writes, in turn, and
 * looks what is left.
 *
 * usage: sweep SCENARIO MODE [EVERY]
 *
 * Scenarios: write (changes, with new segments), recover (a torn end, lost
 * and damaged shards), create (a store from nothing), erase (the text of two
 * values, from an old segment, from the one that grows, from refusals and from
 * what was cut off), hash (the text of all), load (an import of many values).
 * EVERY: only each EVERYth call. The last line is "N passed, N failed".
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/refusals.h"
#include "db/store_impl.h"
#include "tests/crash/fault.h"
#include "tests/crash/model.h"
#include "tests/crash/tree.h"

#define FIRST_STEPS 3
#define LAST_STEP 10
/* So that a few steps fill one. */
#define SEGMENT_BYTES 10000

static char top[64], template[80], work[80];

struct scenario {
	const char *name;
	bool (*prepare)(struct model *m);
	bool create; /* the workload makes the store */
	bool erase;  /* the workload is nothing but two erasures, */
	bool hash;   /* or that of all values, */
	bool load;   /* or a load */
};

static bool
steps(struct model *m, struct store *st, int from, int to)
{
	struct error err = { 0 };
	bool ok = true;

	for (int i = from; i < to; i++)
		ok = model_step(m, st, i, &err) && ok;
	return ok;
}

static bool
prepare_store(struct model *m)
{
	struct error err = { 0 };
	struct store *st = model_open(template, true, &err);
	bool ok;

	if (st == NULL)
		return false;
	ok = steps(m, st, 0, FIRST_STEPS);
	model_choose(m, st);
	store_close(st);
	return ok;
}

/* Half of a batch at the end; a shard lost, one damaged, one of old. */
static bool
prepare_damage(struct model *m)
{
	static const char torn[] = "{\"v\":1,\"lsn\":24,\"b\":24,\"last\":fal";
	char path[128], old[128];
	bool ok;
	int fd;

	if (!prepare_store(m))
		return false;
	snprintf(path, sizeof(path), "%s/journal/0000000001.jsonl", template);
	fd = open(path, O_WRONLY | O_APPEND);
	ok = fd >= 0 && write(fd, torn, sizeof(torn) - 1) > 0;
	close(fd);
	snprintf(path, sizeof(path), "%s/index/00.tdb", template);
	ok = ok && unlink(path) == 0;
	snprintf(path, sizeof(path), "%s/index/07.tdb", template);
	ok = ok && truncate(path, 1000) == 0;
	snprintf(old, sizeof(old), "%s/index/3f.tdb", template);
	return ok && rename(old, path) == 0;
}

/* A refusal of each of the two that are erased, and a piece of the journal
 * that was cut off with their text in it. */
static bool
put_mentions(void)
{
	static const struct refusals_limits limits = { 3650, 1024 * 1024 };
	static const int erased[] = { 0, LAST_STEP - 1 };
	struct refusal r = { .action = "reject",
		.source = SOURCE_USER,
		.stream = "*" };
	struct error err = { 0 };
	struct refusals *log = refusals_open(template, &limits, &err);
	char path[128];
	FILE *torn;

	snprintf(path, sizeof(path), "%s/quarantine/torn", template);
	torn = fopen(path, "we");
	if (log == NULL || torn == NULL)
		return false;
	r.at = clock_now();
	for (size_t i = 0; i < ARRAY_LEN(erased); i++) {
		snprintf(r.recipient, sizeof(r.recipient), "s%d-a@example.com",
		    erased[i]);
		memcpy(r.value, r.recipient, sizeof(r.value));
		refusals_add(log, &r);
		fprintf(torn, "{\"value\":\"%s\"}\n", r.recipient);
	}
	refusals_close(log);
	return fclose(torn) == 0;
}

/* Several segments. */
static bool
prepare_segments(struct model *m)
{
	struct error err = { 0 };
	struct store *st = model_open(template, true, &err);
	bool ok;

	if (st == NULL)
		return false;
	journal_set_segment_bytes(st->journal, SEGMENT_BYTES);
	ok = steps(m, st, 0, LAST_STEP);
	store_close(st);
	return ok && put_mentions();
}

static bool
prepare_nothing(struct model *m)
{
	(void)m;
	return true;
}

static const struct scenario scenarios[] = {
	{ .name = "write", .prepare = prepare_store },
	{ .name = "recover", .prepare = prepare_damage },
	{ .name = "create", .prepare = prepare_nothing, .create = true },
	{ .name = "erase", .prepare = prepare_segments, .erase = true },
	{ .name = "hash", .prepare = prepare_segments, .hash = true },
	{ .name = "load", .prepare = prepare_store, .load = true },
};

/* The process that is hit. */
static void
workload(const struct scenario *s, struct model *m)
{
	struct error err = { 0 };
	struct store *st = model_open(work, s->create, &err);
	int begin = s->create ? 0 : FIRST_STEPS;

	if (st == NULL)
		return;
	journal_set_segment_bytes(st->journal, SEGMENT_BYTES);
	if (s->erase)
		(void)(model_erase(m, st, 0, &err) &&
		       model_erase(m, st, LAST_STEP - 1, &err));
	else if (s->hash)
		(void)model_hash(m, st, &err);
	else if (s->load)
		(void)model_load(m, st, &err);
	else
		(void)steps(m, st, begin, LAST_STEP);
	store_close(st);
}

/* What the next start finds, and whether it can go on. */
static bool
check(const struct scenario *s, struct model *m)
{
	struct error err = { 0 };
	struct store *st = model_open(work, s->create, &err);
	bool ok;

	if (st == NULL) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	ok = model_is_erased(m, st) && model_is_hashed(m, st) &&
	     model_is_loaded(m, st) && model_holds(m, st);
	if (ok && !steps(m, st, LAST_STEP, LAST_STEP + 1)) {
		fprintf(stderr, "it can't be written any more\n");
		ok = false;
	}
	ok = ok && model_holds(m, st);
	store_close(st);
	return ok;
}

/* Runs one of them in a process of its own: its status. */
static int
apart(const struct scenario *s, struct model *m, enum fault_mode mode, long at,
    bool checks)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (checks)
			_exit(check(s, m) ? 0 : 1);
		fault_arm(mode, at);
		workload(s, m);
		m->calls = fault_count();
		fault_arm(FAULT_NONE, 0);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

/* One point: true if all is well. */
static bool
strike_at(const struct scenario *s, const struct model *prepared,
    struct model *m, enum fault_mode mode, long at)
{
	int status;

	tree_remove(work);
	if (!s->create)
		tree_copy(template, work);
	*m = *prepared;
	status = apart(s, m, mode, at, false);
	/* Dying of the fault is right; of anything else it is not. */
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) {
		fprintf(stderr, "died of signal %d\n", WTERMSIG(status));
		return false;
	}
	status = apart(s, m, FAULT_NONE, 0, true);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int
sweep(const struct scenario *s, enum fault_mode mode, long every)
{
	struct model prepared,
	    *m = mmap(NULL, sizeof(*m), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long passed = 0, failed = 0, calls;

	memset(m, 0, sizeof(*m));
	if (fork() == 0)
		_exit(s->prepare(m) ? 0 : 1);
	wait(NULL);
	prepared = *m;
	/* Nothing goes wrong: how many calls are there? */
	if (!strike_at(s, &prepared, m, FAULT_NONE, 0) ||
	    (!s->load && m->steps[LAST_STEP - 1] != STEP_ACKED) ||
	    (s->erase && m->erased[LAST_STEP - 1] != STEP_ACKED) ||
	    (s->hash && m->hashed != STEP_ACKED) ||
	    (s->load && m->loaded != STEP_ACKED)) {
		printf("%s: fails without a fault\n0 passed, 1 failed\n",
		    s->name);
		return 1;
	}
	calls = m->calls;
	printf("%s, %s: %ld calls\n", s->name,
	    names_text(fault_names, (int)mode), calls);
	for (long at = 1; at <= calls; at += every) {
		if (strike_at(s, &prepared, m, mode, at)) {
			passed++;
			continue;
		}
		failed++;
		printf("%s, %s: call %ld of %ld\n", s->name,
		    names_text(fault_names, (int)mode), at, calls);
	}
	printf("%ld passed, %ld failed\n", passed, failed);
	return failed == 0 && passed > 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const struct scenario *s = NULL;
	int mode, status;

	for (size_t i = 0; argc >= 3 && i < ARRAY_LEN(scenarios); i++)
		if (strcmp(scenarios[i].name, argv[1]) == 0)
			s = &scenarios[i];
	if (s == NULL || !names_number(fault_names, span_of(argv[2]), &mode)) {
		fprintf(stderr,
		    "usage: sweep write|recover|create|erase|hash|load "
		    "MODE [EVERY]\n");
		return 2;
	}
	/* Syncs are counted, not waited for: memory will do. */
	snprintf(top, sizeof(top), "%s/suppressd-crash.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(top) == NULL)
		return 2;
	snprintf(template, sizeof(template), "%s/template", top);
	snprintf(work, sizeof(work), "%s/work", top);
	status = sweep(s, (enum fault_mode)mode,
	    argc > 3 ? strtol(argv[3], NULL, 10) : 1);
	tree_remove(top);
	return status;
}
