/*
 * load - what is added goes to the spool, in the order of the shards.
 */
#include "db/load_impl.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

struct load *
load_new(struct store *st, bool rehearsal)
{
	struct load *l = mem_new(1, sizeof(*l));

	l->st = st;
	l->rehearsal = rehearsal;
	l->filling = &l->chunks[0];
	l->fd = -1;
	for (size_t i = 0; i < SHARDS; i++)
		buf_init(&l->piles[i].waiting, BLOCK_BYTES);
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->moved, NULL);
	return l;
}

void
load_clear(struct load *l)
{
	for (size_t i = 0; i < SHARDS; i++) {
		buf_reset(&l->piles[i].waiting);
		free(l->piles[i].blocks);
		l->piles[i] = (struct pile){ .waiting = l->piles[i].waiting };
	}
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	l->end = 0;
	l->n = 0;
	l->filling->n = 0;
	l->failed = false;
}

uint64_t
load_count(const struct load *l)
{
	return l->n;
}

/* What is in it are people's addresses: it has no name, and goes with us. */
static bool
open_spool(struct load *l, struct error *err)
{
	if (l->fd < 0)
		l->fd = file_temporary(err);
	return l->fd >= 0;
}

static bool
flush(struct load *l, struct pile *p, struct error *err)
{
	struct block *b;

	if (!open_spool(l, err))
		return false;
	if (!file_pwrite_all(l->fd, p->waiting.p, p->waiting.len, l->end)) {
		error_errno(err, "cannot write the spool of %lld bytes",
		    (long long)l->end);
		return false;
	}
	if (p->blocks_n == p->blocks_room) {
		p->blocks_room = p->blocks_room * 2 + 16;
		p->blocks =
		    mem_resize(p->blocks, p->blocks_room, sizeof(*p->blocks));
	}
	b = &p->blocks[p->blocks_n++];
	*b = (struct block){ l->end, p->waiting.len };
	l->end += (off_t)p->waiting.len;
	buf_reset(&p->waiting);
	return true;
}

/* l->err says why not. */
static bool
spool(struct load *l, const struct chunk *chunk)
{
	for (size_t i = 0; i < chunk->n; i++) {
		const struct added *a = &chunk->list[i];
		uint8_t hash[VALUE_HASH_BYTES];
		struct pile *p;

		store_hash(l->st, &a->c.value, hash);
		p = &l->piles[shard_of(hash)];
		if (p->waiting.len + PACK_BYTES_MAX > BLOCK_BYTES &&
		    !flush(l, p, &l->err))
			return false;
		pack_change(&a->c, a->tag, &p->waiting);
		p->changes++;
	}
	return true;
}

static void *
spooling(void *arg)
{
	struct load *l = arg;

	pthread_mutex_lock(&l->lock);
	for (;;) {
		struct chunk *chunk = l->full;
		bool ok;

		if (chunk == NULL && l->ending)
			break;
		if (chunk == NULL) {
			pthread_cond_wait(&l->moved, &l->lock);
			continue;
		}
		pthread_mutex_unlock(&l->lock);
		ok = spool(l, chunk);
		pthread_mutex_lock(&l->lock);
		l->failed = l->failed || !ok;
		l->full = NULL;
		pthread_cond_broadcast(&l->moved);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

static void
start(struct load *l)
{
	if (l->started)
		return;
	l->ending = false;
	l->started = pthread_create(&l->spooler, NULL, spooling, l) == 0;
}

static void
stop(struct load *l)
{
	if (!l->started)
		return;
	pthread_mutex_lock(&l->lock);
	l->ending = true;
	pthread_cond_broadcast(&l->moved);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->spooler, NULL);
	l->started = false;
}

static bool
told(const struct load *l, struct error *err)
{
	if (l->failed)
		*err = l->err;
	return !l->failed;
}

/* The chunk is for the spooler now; without one we do it ourselves. */
static bool
hand_over(struct load *l, struct error *err)
{
	bool ok;

	if (!l->started) {
		l->failed = l->failed || !spool(l, l->filling);
		l->filling->n = 0;
		return told(l, err);
	}
	pthread_mutex_lock(&l->lock);
	while (l->full != NULL)
		pthread_cond_wait(&l->moved, &l->lock);
	if (!l->failed) {
		l->full = l->filling;
		l->filling = &l->chunks[l->filling == l->chunks];
		l->filling->n = 0;
		pthread_cond_broadcast(&l->moved);
	}
	ok = told(l, err);
	pthread_mutex_unlock(&l->lock);
	return ok;
}

bool
load_spool(struct load *l, struct error *err)
{
	stop(l);
	return told(l, err) && hand_over(l, err);
}

bool
load_add(struct load *l, const struct change *change, uint64_t tag,
    struct error *err)
{
	struct added *to;

	if (l->filling->n == CHUNK_CHANGES) {
		start(l);
		if (!hand_over(l, err))
			return false;
	}
	to = &l->filling->list[l->filling->n];
	to->c = *change;
	to->tag = tag;
	if (!change_clean(&to->c, err))
		return false;
	l->filling->n++;
	l->n++;
	return true;
}

void
load_free(struct load *l)
{
	if (l == NULL)
		return;
	stop(l);
	load_clear(l);
	for (size_t i = 0; i < SHARDS; i++)
		buf_done(&l->piles[i].waiting);
	pthread_cond_destroy(&l->moved);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
