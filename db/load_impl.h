/*
 * load_impl - what load.c, which spools, and load_commit.c share.
 */
#ifndef DB_LOAD_IMPL_H
#define DB_LOAD_IMPL_H

#include <pthread.h>
#include <sys/types.h>

#include "db/load.h"
#include "db/pack.h"
#include "db/store_impl.h"

/* Of one shard, before it goes to the file. */
#define BLOCK_BYTES (64L * 1024)

struct block {
	off_t at;
	size_t len;
};

struct pile {
	struct buf waiting;   /* not in the file yet */
	struct block *blocks; /* in the file, in order */
	size_t blocks_n, blocks_room;
	uint64_t changes;
};

/* What is spooled by a thread of its own while the next one fills. */
#define CHUNK_CHANGES 256
struct chunk {
	struct added {
		struct change c;
		uint64_t tag;
	} list[CHUNK_CHANGES];
	size_t n;
};

struct load {
	struct store *st;
	bool rehearsal;
	uint64_t n;
	struct chunk chunks[2];
	struct chunk *filling;

	/* the spooler's, between two chunks nobody's */
	int fd; /* -1: none yet */
	off_t end;
	struct pile piles[SHARDS];
	struct error err;

	bool started; /* there is a spooler */
	pthread_t spooler;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	struct chunk *full; /* what it is to spool; NULL: it has done so */
	bool failed;        /* err: it can't any more */
	bool ending;
};

/* All that was added is spooled, and the spooler gone. */
bool load_spool(struct load *l, struct error *err) MUST_CHECK;

/* Empties it. */
void load_clear(struct load *l);

#endif
