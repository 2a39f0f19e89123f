/*
 * index_commit - what has changed goes into the shards; those that get
 * crowded grow. Only the writer's thread, but for index_merge() and the
 * threads that help with a commit.
 */
#include "db/store_impl.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A shard that grows gets room for so many times its values. */
#define ROOM_TIMES 4

/* Fewer records are put into the file that is there. */
#define MERGE_LEAST 1000

/*
 * A commit of one shard is nine syncs, one behind the other, and a batch of
 * fifty changes touches half of the shards. Several at once wait for the disk
 * together, and it does their syncs in one.
 */
#define HELPERS 7
#define HELPER_STACK_BYTES (256 * 1024)

/* Commits one shard's records; false: it is of no more use. */
static bool
commit_shard(struct store *st, size_t number, const struct shard_put *puts,
    size_t n, const struct applied *to)
{
	struct slot *slot = &st->slots[number];
	struct error ignored;
	bool moved = false, ok;

	pthread_rwlock_rdlock(&slot->lock);
	ok = slot->shard != NULL &&
	     shard_commit(slot->shard, puts, n, slot->applied.lsn, to, &moved,
		 &ignored) &&
	     !moved;
	pthread_rwlock_unlock(&slot->lock);
	if (ok)
		slot->applied = *to;
	return ok;
}

/* Is its file what we know it to be? And the values in it. */
static bool
is_current(struct slot *slot, size_t *count)
{
	struct applied inside;
	struct error ignored;
	bool crowded;

	return slot->shard != NULL &&
	       shard_applied(slot->shard, &inside, &ignored) &&
	       inside.lsn == slot->applied.lsn &&
	       shard_count(slot->shard, count, &crowded, &ignored);
}

/* Its file with what has changed, larger, beside the one that serves. */
static bool
make_larger(struct store *st, size_t number, const struct overlay *changed,
    size_t expected, const struct applied *to)
{
	const struct making how = { .expected = expected,
		.changed = changed,
		.applied = to };
	struct error ignored;

	if (!index_make(st, number, &how, &ignored))
		return false;
	st->slots[number].applied = *to;
	return true;
}

static int
compare_puts(const void *a, const void *b)
{
	return memcmp(a, b, VALUE_HASH_BYTES);
}

/* The records of one shard, of all that has changed. False: it is of no more
 * use. */
static bool
put_shard(struct store *st, size_t number, const struct overlay *changed,
    const struct shard_put *puts, size_t n, const struct applied *to)
{
	struct slot *slot = &st->slots[number];
	size_t count;

	if (slot->shard != NULL && !shard_has_room(slot->shard, n) &&
	    is_current(slot, &count) &&
	    make_larger(st, number, changed, (count + n) * ROOM_TIMES, to))
		return true;
	return commit_shard(st, number, puts, n, to);
}

/* What has changed, in the order of the index; of one shard, or of all. Heap,
 * *n of them. */
static struct shard_put *
puts_of(const struct overlay *changed, const size_t *number, size_t *n)
{
	struct shard_put *puts = mem_new(changed->n, sizeof(*puts));

	*n = 0;
	for (size_t i = 0; i < changed->room; i++) {
		const struct overlay_entry *e = &changed->table[i];

		/* Asked for, but nothing ever happened to it. */
		if (!e->used || e->rec.head.segment == 0 ||
		    (number != NULL && shard_of(e->hash) != *number))
			continue;
		memcpy(puts[*n].hash, e->hash, VALUE_HASH_BYTES);
		puts[(*n)++].rec = &e->rec;
	}
	if (*n > 0)
		qsort(puts, *n, sizeof(*puts), compare_puts);
	return puts;
}

/* A commit, by shard. */
struct part {
	size_t number;
	const struct shard_put *puts;
	size_t n;
	bool ok;
};

struct parts {
	struct store *st;
	const struct overlay *changed;
	struct part list[SHARDS];
	size_t n;
	atomic_size_t next; /* that nobody has begun */
};

static void
cut_up(struct parts *p, const struct shard_put *puts, size_t n)
{
	for (size_t from = 0, to; from < n; from = to) {
		size_t number = shard_of(puts[from].hash);

		for (to = from; to < n && shard_of(puts[to].hash) == number;)
			to++;
		p->list[p->n++] = (struct part){ .number = number,
			.puts = puts + from,
			.n = to - from };
	}
}

static void *
put_parts(void *arg)
{
	struct parts *p = arg;
	size_t i;

	while ((i = atomic_fetch_add(&p->next, 1)) < p->n) {
		struct part *part = &p->list[i];

		part->ok = put_shard(p->st, part->number, p->changed,
		    part->puts, part->n, &p->st->now);
	}
	return NULL;
}

/* Where the system gives no threads, the caller's own does it. */
static void
put_with_helpers(struct parts *p)
{
	pthread_t helpers[HELPERS];
	pthread_attr_t small;
	size_t n = 0;

	pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, HELPER_STACK_BYTES);
	while (n < HELPERS && n + 1 < p->n &&
	       pthread_create(&helpers[n], &small, put_parts, p) == 0)
		n++;
	pthread_attr_destroy(&small);
	(void)put_parts(p);
	while (n > 0)
		pthread_join(helpers[--n], NULL);
}

void
index_commit(struct store *st, const struct overlay *changed)
{
	struct parts parts = { .st = st, .changed = changed };
	struct shard_put *puts;
	size_t n;

	puts = puts_of(changed, NULL, &n);
	cut_up(&parts, puts, n);
	/* Only a daemon has many who wait. */
	if (st->server != NULL)
		put_with_helpers(&parts);
	else
		(void)put_parts(&parts);
	for (size_t i = 0; i < parts.n; i++)
		if (!parts.list[i].ok)
			index_replace(st, parts.list[i].number);
	free(puts);
}

/* Is it small beside what comes? */
static bool
is_outgrown(struct slot *slot, const struct overlay *changed, size_t *count)
{
	return changed->n >= MERGE_LEAST && is_current(slot, count) &&
	       *count < changed->n;
}

void
index_merge(struct store *st, size_t number, const struct overlay *changed,
    uint64_t expected, const struct applied *to)
{
	struct shard_put *puts;
	size_t count, n;

	if (is_outgrown(&st->slots[number], changed, &count) &&
	    make_larger(st, number, changed, count + expected, to))
		return;
	puts = puts_of(changed, &number, &n);
	if (!put_shard(st, number, changed, puts, n, to))
		atomic_store(&st->slots[number].damaged, true);
	free(puts);
}

bool
index_stamp(struct store *st, struct error *err)
{
	if (!journal_crc_before(st->journal, st->now.pos, &st->now.crc, err))
		return false;
	for (size_t i = 0; i < SHARDS; i++)
		if (st->slots[i].shard != NULL &&
		    !commit_shard(st, i, NULL, 0, &st->now))
			index_replace(st, i);
	return true;
}

void
index_tend(struct store *st)
{
	for (size_t i = 0; i < SHARDS; i++) {
		struct making how = { .applied = &st->slots[i].applied };
		struct error ignored;
		bool crowded;
		size_t count;

		if (st->slots[i].shard == NULL ||
		    (st->slots[i].applied.lsn < st->now.lsn &&
			!commit_shard(st, i, NULL, 0, &st->now))) {
			index_replace(st, i);
			continue;
		}
		/* A shard that can't grow goes on as it is, only slower. */
		if (!shard_count(st->slots[i].shard, &count, &crowded,
			&ignored) ||
		    !crowded)
			continue;
		how.expected = count * ROOM_TIMES;
		(void)!index_make(st, i, &how, &ignored);
	}
}
