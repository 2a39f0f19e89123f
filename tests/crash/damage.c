/*
 * damage - the index is lost or damaged in every way; the journal is whole.
 *
 * usage: damage ROUNDS
 *
 * After the next start of a writer all must be there. The last line is
 * "N passed, N failed".
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/crash/model.h"
#include "tests/crash/tree.h"

#define VALUES 600

static char top[64], template[80], work[80];

static struct change
add_of(int n)
{
	struct change c = { .op = CHANGE_ADD,
		.source = SOURCE_BOUNCED,
		.stream = "*",
		.by = "damage" };
	char text[60];

	snprintf(text, sizeof(text), "v%d@example.com", n);
	value_of(&c.value, KIND_EMAIL, text);
	return c;
}

static bool
prepare(void)
{
	struct error err;
	struct store *st = model_open(template, true, &err);
	struct change_result *results = mem_new(VALUES, sizeof(*results));
	struct change *changes = mem_new(VALUES, sizeof(*changes));
	uint64_t events;
	bool ok = st != NULL;

	for (int i = 0; i < VALUES; i++)
		changes[i] = add_of(i);
	for (int i = 0; ok && i < VALUES; i += 100) {
		ok = store_change(st, changes + i, 100, results, &err);
		/* No shard is read again from the start; but some of what
		 * comes last is folded into what is damaged. */
		if (ok && i == VALUES - 200)
			ok = store_rebuild(st, &events, &err);
	}
	ok = ok && store_change(st, changes, 8, results, &err);
	free(results);
	free(changes);
	store_close(st);
	return ok;
}

/* A file of a shard: its records, or which are there. */
static void
name_of(unsigned shard, bool members, char path[160])
{
	static const char *const ends[] = { "-a.members", "-b.members" };

	for (size_t i = 0; members && i < ARRAY_LEN(ends); i++) {
		snprintf(path, 160, "%s/index/%02x%s", work, shard, ends[i]);
		if (access(path, F_OK) == 0)
			return;
	}
	snprintf(path, 160, "%s/index/%02x.tdb", work, shard);
}

/* Some file of the index. */
static void
pick(unsigned *seed, char path[160])
{
	unsigned shard = rand_r(seed) % 64;

	name_of(shard, rand_r(seed) % 3 == 0, path);
}

static void
put_junk(const char *path, unsigned *seed, off_t at, size_t len, bool zero)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < len; i++) {
		char byte = zero ? '\0' : (char)rand_r(seed);

		(void)!pwrite(fd, &byte, 1, at + (off_t)i);
	}
	close(fd);
}

static void
flip(const char *path, unsigned *seed)
{
	struct stat st;
	off_t at;
	char byte;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0)
		return;
	at = rand_r(seed) % st.st_size;
	(void)!pread(fd, &byte, 1, at);
	byte ^= (char)(1 << rand_r(seed) % 8);
	(void)!pwrite(fd, &byte, 1, at);
	close(fd);
}

/* Way number i of damage, worse with seed. */
static void
harm(int way, unsigned *seed)
{
	char path[160], other[160];
	struct stat st = { 0 };

	for (unsigned n = 1 + rand_r(seed) % 8; n > 0; n--) {
		pick(seed, path);
		(void)stat(path, &st);
		switch (way) {
		case 0:
			unlink(path);
			break;
		case 1:
			(void)!truncate(path, rand_r(seed) % (st.st_size + 1));
			break;
		case 2:
			put_junk(path, seed, 0, 168, rand_r(seed) % 2 == 0);
			break;
		case 3:
			put_junk(path, seed, rand_r(seed) % st.st_size, 4096,
			    rand_r(seed) % 2 == 0);
			break;
		case 4:
			pick(seed, other);
			(void)rename(path, other);
			break;
		case 5:
			snprintf(path, sizeof(path), "%s/index", work);
			tree_remove(path);
			break;
		default:
			for (int i = 0; i < 200; i++)
				flip(path, seed);
			break;
		}
	}
}

/* Bits in each shard, of one file or the other. */
static void
flip_all(unsigned *seed)
{
	for (unsigned i = 0; i < 64; i++) {
		char path[160];

		name_of(i, rand_r(seed) % 2 == 0, path);
		for (int n = 0; n < 8; n++)
			flip(path, seed);
	}
}

/* Values that st says are not suppressed; *unknown: can't tell. */
static int
missing(struct store *st, int *unknown)
{
	int n = 0;

	*unknown = 0;
	for (int i = 0; i < VALUES; i++) {
		struct change c = add_of(i);
		struct record rec = { 0 };
		struct error err;
		bool found = true;

		if (!store_get(st, &c.value, &rec, &found, &err)) {
			(*unknown)++;
			continue;
		}
		n += !found || record_live(&rec, 0, NULL, 0) == 0;
		record_done(&rec);
	}
	return n;
}

static bool
go_on(void *unused)
{
	(void)unused;
	return true;
}

/* Before it has read all, it may not know; but nobody is ever gone. */
static bool
writer_mends(void)
{
	struct error err = { 0 };
	struct store *st = model_open(work, false, &err);
	struct model none = { 0 };
	int unknown = 0, gone;
	size_t damaged;
	bool ok;

	if (st == NULL) {
		fprintf(stderr, "it does not open: %s\n", err.text);
		return false;
	}
	gone = missing(st, &unknown);
	if (gone > 0)
		fprintf(stderr, "%d were hidden\n", gone);
	ok = gone == 0 && store_check(st, go_on, NULL, &damaged, &err);
	gone = missing(st, &unknown);
	if (gone + unknown > 0)
		fprintf(stderr, "%d are gone, %d can't be read\n", gone,
		    unknown);
	ok = ok && gone + unknown == 0 && model_holds(&none, st);
	store_close(st);
	return ok;
}

static bool
in_child(bool (*fn)(void))
{
	int status;

	if (fork() == 0)
		_exit(fn() ? 0 : 1);
	return wait(&status) > 0 && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

int
main(int argc, char **argv)
{
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 40;
	int passed = 0, failed = 0;

	snprintf(top, sizeof(top), "%s/suppressd-crash.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(top) == NULL)
		return 2;
	snprintf(template, sizeof(template), "%s/template", top);
	snprintf(work, sizeof(work), "%s/work", top);
	if (!in_child(prepare))
		return 2;
	for (int i = 0; i < rounds; i++) {
		unsigned seed = (unsigned)i + 1;

		tree_remove(work);
		tree_copy(template, work);
		if (i % 8 == 7)
			flip_all(&seed);
		else
			harm(i % 8, &seed);
		if (in_child(writer_mends)) {
			passed++;
		} else {
			failed++;
			printf("damage %d of way %d\n", i, i % 8);
		}
	}
	printf("%d passed, %d failed\n", passed, failed);
	tree_remove(top);
	return failed == 0 && passed > 0 ? 0 : 1;
}
