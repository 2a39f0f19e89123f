/*
 * stores - a store in the scratch directory, for tests, and another process
 * beside it.
 */
#ifndef TESTS_UNIT_STORES_H
#define TESTS_UNIT_STORES_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "db/store.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static struct error err;

/* No expiry of the tests is before it. */
#define STORES_NOW 1000

static inline struct store *
open_as(enum store_mode mode)
{
	const struct store_options options = { .mode = mode,
		.create = mode != STORE_READ };
	struct store *st = store_open(scratch_dir, &options, &err);

	ck_assert_msg(st != NULL, "%s", err.text);
	return st;
}

/* It must not open, and say why. */
static inline void
open_fails(enum store_mode mode, enum error_code code)
{
	const struct store_options options = { .mode = mode };

	ck_assert(store_open(scratch_dir, &options, &err) == NULL);
	ck_assert_msg(err.code == code, "%d: %s", err.code, err.text);
}

static inline struct change
change_of(enum change_op op, const char *value, enum source source,
    const char *stream)
{
	struct change c = { .op = op,
		.source = source,
		.by = "alice",
		.why = "test" };

	ck_assert_msg(value_parse(span_of(value), &c.value, &err), "%s",
	    err.text);
	(void)span_copy(span_of(stream), c.stream, sizeof(c.stream));
	return c;
}

static inline struct change_result
make(struct store *st, struct change c)
{
	struct change_result r;

	ck_assert_msg(store_change(st, &c, 1, &r, &err), "%s", err.text);
	return r;
}

/* Reasons of a value that count. */
static inline size_t
live(struct store *st, const char *value)
{
	struct record rec = { 0 };
	struct value v;
	bool found;
	size_t n;

	ck_assert(value_parse(span_of(value), &v, &err));
	ck_assert_msg(store_get(st, &v, &rec, &found, &err), "%s", err.text);
	n = found ? record_live(&rec, STORES_NOW, NULL, 0) : 0;
	if (found)
		record_done(&rec);
	return n;
}

static inline void
complain(const char *line, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

static inline uint64_t
faults(struct store *st)
{
	struct store_totals t;

	ck_assert_msg(store_verify(st, complain, NULL, &t, &err), "%s",
	    err.text);
	return t.faults;
}

static inline void
path_of(const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", scratch_dir, name);
}

/* user0@x.test to user{n-1}@x.test, one batch each. */
static inline void
add_users(struct store *st, int from, int n)
{
	for (int i = from; i < from + n; i++) {
		char text[40];

		snprintf(text, sizeof(text), "user%d@x.test", i);
		make(st, change_of(CHANGE_ADD, text, SOURCE_USER, "*"));
	}
}

static inline void
check_users(struct store *st, int n)
{
	for (int i = 0; i < n; i++) {
		char text[40];

		snprintf(text, sizeof(text), "user%d@x.test", i);
		ck_assert_msg(live(st, text) == 1, "%s", text);
	}
}

/* Writes over bytes of a file, from an offset (behind the end if it is
 * negative). */
static inline void
overwrite(const char *name, off_t at, const void *bytes, size_t len)
{
	char path[128];
	int fd;

	path_of(name, path);
	fd = open(path, O_WRONLY);
	ck_assert_msg(fd >= 0, "%s", path);
	if (at < 0)
		at += lseek(fd, 0, SEEK_END);
	ck_assert(pwrite(fd, bytes, len, at) == (ssize_t)len);
	close(fd);
}

/*
 * Another process, forked while no store is open here (TDB does not bear it
 * otherwise); it runs fn when it is told to.
 */
struct other {
	pid_t pid;
	int go[2];
};

static inline void
other_start(struct other *o, int (*fn)(void))
{
	char byte;

	ck_assert(pipe(o->go) == 0);
	o->pid = fork();
	if (o->pid != 0)
		return;
	close(o->go[1]);
	(void)!read(o->go[0], &byte, 1);
	_exit(fn());
}

static inline void
other_go(struct other *o)
{
	close(o->go[0]);
	close(o->go[1]);
}

/* Its exit status; -1: it died. */
static inline int
other_wait(struct other *o)
{
	int status;

	ck_assert(waitpid(o->pid, &status, 0) == o->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int
other_run(struct other *o)
{
	other_go(o);
	return other_wait(o);
}

#endif
