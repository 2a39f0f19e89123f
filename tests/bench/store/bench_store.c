/*
 * bench_store - looks keys up in our store and in what others would use.
 *
 * usage: bench_store suppressd|tdb|lmdb|cdb PATH KEYS hit|miss LOOKUPS
 *        bench_store build-tdb PATH KEYS - -
 *        bench_store open PATH - - -
 *
 * KEYS is a file of addresses, one a line; misses are the same with one letter
 * more in the middle, so that they lie between the others in any order. PATH is
 * what `suppressctl import` and postmap(1) have made of it. suppressd is the
 * whole check of a recipient, through the function that the milter calls: its
 * address, its domain, the parents. The others look one key up. Prints "LOOKUPS
 * CPU-SECONDS WALL-SECONDS KIB", KIB being memory for the store that is no page
 * of a file.
 */
#include <cdb.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tdb.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "policy/engine.h"

#define KEY_TEXT 128

static char (*keys)[KEY_TEXT];
static size_t keys_n;
static long before_kib; /* what there was before the store was opened */

static void
die(const char *what)
{
	fprintf(stderr, "bench_store: %s\n", what);
	exit(1);
}

/* So many keys at random out of the file, always the same ones. */
static void
pick_keys(const char *path, size_t n, bool hit)
{
	FILE *file = fopen(path, "re");
	unsigned seed = 1;
	long size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		die("no keys");
	size = ftell(file);
	keys = mem_new(n, sizeof(*keys));
	while (keys_n < n) {
		char line[KEY_TEXT];
		long at = ((long)rand_r(&seed) * RAND_MAX + rand_r(&seed)) %
			  (size - KEY_TEXT);

		if (fseek(file, at, SEEK_SET) != 0 ||
		    fgets(line, sizeof(line), file) == NULL ||
		    fgets(line, sizeof(line), file) == NULL)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(keys[keys_n++], KEY_TEXT, "%.7s%s%.100s", line,
		    hit ? "" : "z", line + 7);
	}
	fclose(file);
}

static long
anon_kib(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[128];
	long kib = 0;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtol(line + 8, NULL, 10);
	if (file != NULL)
		fclose(file);
	return kib;
}

static double
now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Looks all keys up, and says how many are there. */
typedef size_t look_fn(void *arg);

static void
measure(look_fn *look, void *arg, bool hit)
{
	size_t found = look(arg); /* warm */
	double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	double wall = now(CLOCK_MONOTONIC);

	if (found != (hit ? keys_n : 0))
		die("it does not find what it should");
	(void)look(arg);
	printf("%zu %.6f %.6f %ld\n", keys_n,
	    now(CLOCK_PROCESS_CPUTIME_ID) - cpu, now(CLOCK_MONOTONIC) - wall,
	    anon_kib() - before_kib);
}

struct ours {
	struct conf *conf;
	struct store *store;
	struct addr *addrs; /* parsed: the milter has done so before */
};

static size_t
look_ours(void *arg)
{
	const struct ours *o = arg;
	int64_t when = clock_now();
	size_t found = 0;

	for (size_t i = 0; i < keys_n; i++) {
		struct verdict v;
		struct error err;

		engine_check(o->conf, o->store, &o->conf->streams[0],
		    &o->addrs[i], when, &v, &err);
		if (v.action == VERDICT_UNKNOWN)
			die(err.text);
		found += v.action != VERDICT_PASS;
	}
	return found;
}

static struct store *
open_store(const char *path)
{
	const struct store_options write = { .mode = STORE_WRITE };
	struct error err;
	struct store *st = store_open(path, &write, &err);

	if (st == NULL)
		die(err.text);
	return st;
}

static void
ours(const char *path, bool hit)
{
	struct error err;
	struct ours o = { .conf = conf_defaults() };

	if (o.conf == NULL)
		die("no configuration");
	o.addrs = mem_new(keys_n, sizeof(*o.addrs));
	for (size_t i = 0; i < keys_n; i++)
		if (!addr_parse(span_of(keys[i]), &o.addrs[i], &err))
			die(err.text);
	before_kib = anon_kib();
	o.store = open_store(path);
	measure(look_ours, &o, hit);
	store_close(o.store);
	conf_unref(o.conf);
	free(o.addrs);
}

static int
parse_nothing(TDB_DATA key, TDB_DATA value, void *arg)
{
	(void)key;
	(void)value;
	(void)arg;
	return 0;
}

static TDB_DATA
tdb_key(const char *key)
{
	return (TDB_DATA){ .dptr = (unsigned char *)(uintptr_t)key,
		.dsize = strlen(key) };
}

static size_t
look_tdb(void *arg)
{
	size_t found = 0;

	for (size_t i = 0; i < keys_n; i++)
		found += tdb_parse_record(arg, tdb_key(keys[i]), parse_nothing,
			     NULL) == 0;
	return found;
}

static void
build_tdb(const char *path, const char *list)
{
	FILE *file = fopen(list, "re");
	char line[KEY_TEXT];
	size_t n = 0;
	TDB_CONTEXT *tdb;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		n++;
	if (n == 0)
		die("no keys");
	rewind(file);
	tdb = tdb_open(path, (int)(n | 1), TDB_NOSYNC | TDB_NOLOCK,
	    O_RDWR | O_CREAT, 0600);
	while (tdb != NULL && fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (tdb_store(tdb, tdb_key(line), tdb_key("x"), TDB_INSERT) !=
		    0)
			die("tdb_store");
	}
	fclose(file);
	if (tdb == NULL || fsync(tdb_fd(tdb)) != 0)
		die("tdb");
	tdb_close(tdb);
}

struct lmdb {
	MDB_txn *txn;
	MDB_dbi dbi;
};

static size_t
look_lmdb(void *arg)
{
	const struct lmdb *l = arg;
	size_t found = 0;

	for (size_t i = 0; i < keys_n; i++) {
		/* postmap(1) writes the closing NUL, or not */
		MDB_val key = { strlen(keys[i]), keys[i] }, value;

		if (mdb_get(l->txn, l->dbi, &key, &value) == 0) {
			found++;
			continue;
		}
		key.mv_size++;
		found += mdb_get(l->txn, l->dbi, &key, &value) == 0;
	}
	return found;
}

static void
lmdb(const char *path, bool hit)
{
	struct lmdb l;
	MDB_env *env;

	if (mdb_env_create(&env) != 0 ||
	    mdb_env_set_mapsize(env, (size_t)8 << 30) != 0 ||
	    mdb_env_open(env, path, MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK,
		0600) != 0 ||
	    mdb_txn_begin(env, NULL, MDB_RDONLY, &l.txn) != 0 ||
	    mdb_dbi_open(l.txn, NULL, 0, &l.dbi) != 0)
		die("lmdb");
	measure(look_lmdb, &l, hit);
	mdb_txn_abort(l.txn);
	mdb_env_close(env);
}

static size_t
look_cdb(void *arg)
{
	size_t found = 0;

	for (size_t i = 0; i < keys_n; i++) {
		unsigned len = (unsigned)strlen(keys[i]);

		found += cdb_find(arg, keys[i], len) > 0;
	}
	return found;
}

static void
cdb(const char *path, bool hit)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct cdb c;

	if (fd < 0 || cdb_init(&c, fd) != 0)
		die("cdb");
	measure(look_cdb, &c, hit);
	cdb_free(&c);
	close(fd);
}

static void
tdb(const char *path, bool hit)
{
	TDB_CONTEXT *t = tdb_open(path, 0, TDB_DEFAULT, O_RDWR, 0600);

	if (t == NULL)
		die("tdb");
	measure(look_tdb, t, hit);
	tdb_close(t);
}

/* How long until it serves. */
static void
open_ours(const char *path)
{
	double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	double wall = now(CLOCK_MONOTONIC);
	struct store *st = open_store(path);

	printf("1 %.6f %.6f %ld\n", now(CLOCK_PROCESS_CPUTIME_ID) - cpu,
	    now(CLOCK_MONOTONIC) - wall, anon_kib());
	store_close(st);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(const char *path, bool hit);
	} ways[] = { { "suppressd", ours }, { "tdb", tdb }, { "lmdb", lmdb },
		{ "cdb", cdb } };
	bool hit;

	if (argc != 6)
		die("usage: see the head of the source");
	if (strcmp(argv[1], "build-tdb") == 0) {
		build_tdb(argv[2], argv[3]);
		return 0;
	}
	if (strcmp(argv[1], "open") == 0) {
		open_ours(argv[2]);
		return 0;
	}
	hit = strcmp(argv[4], "hit") == 0;
	pick_keys(argv[3], strtoul(argv[5], NULL, 10), hit);
	before_kib = anon_kib();
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (strcmp(argv[1], ways[i].name) == 0)
			ways[i].run(argv[2], hit);
	free(keys);
	return 0;
}
