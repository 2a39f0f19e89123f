#include "db/members.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "db/crc32c.h"

/*
 * The file, in the byte order of the machine: a head of 64 bytes, then blocks
 * of 64 bytes, a line of the cache each:
 *
 *	word 0		CRC-32C of the rest, of the id and the block's number
 *	words 1 to 7	fingerprints from the front on; 0: none
 *
 * A value's hash chooses a block; where that is full, the next one that is not
 * has its fingerprint. Nothing is ever taken out, so the first block that is
 * not full ends the search. The checksum knows the place: a block that was
 * lost, or written elsewhere, is damaged and not empty.
 *
 * Who looks while a block is written may see half of the write. That has all
 * fingerprints from before, and a wrong checksum where it matters: then it
 * looks again.
 */
#define WORDS 8
#define SLOTS (WORDS - 1)
#define BLOCK_BYTES (WORDS * sizeof(uint64_t))
#define BLOCKS_LEAST 16

/* Looks again so often before it says that a block is damaged: half of them
 * at once, half after a while each, if the writer does not get on. */
#define TRIES 100
#define WAIT_US 100

struct block {
	uint64_t words[WORDS];
};

struct head {
	char magic[24];
	uint8_t id[MEMBERS_ID_BYTES];
	uint64_t blocks;
	uint64_t order; /* of bytes */
	uint8_t unused[12];
	uint32_t sum;
};

_Static_assert(sizeof(struct head) == BLOCK_BYTES, "the head is a block");
_Static_assert(sizeof(struct block) == BLOCK_BYTES, "a block has no gaps");

static const char magic[24] = "suppressd members 1\n";
#define ORDER UINT64_C(0x0102030405060708)

struct members {
	uint8_t id[MEMBERS_ID_BYTES];
	const struct block *blocks;
	uint64_t blocks_n;
	struct block *own; /* the same, in memory; NULL: mapped */
	void *map;
	size_t map_bytes;
	int fd;     /* -1: not to be written */
	bool dirty; /* since members_sync() */
};

static uint64_t
sum_of(const struct members *m, uint64_t number, const struct block *b)
{
	struct {
		uint8_t id[MEMBERS_ID_BYTES];
		uint64_t number;
		uint64_t prints[SLOTS];
	} what;

	memcpy(what.id, m->id, sizeof(what.id));
	what.number = number;
	memcpy(what.prints, b->words + 1, sizeof(what.prints));
	return crc32c((struct span){ (const char *)&what, sizeof(what) });
}

static uint32_t
head_sum(const struct head *h)
{
	return crc32c(
	    (struct span){ (const char *)h, offsetof(struct head, sum) });
}

/* The first byte has chosen the shard. */
static uint64_t
place_of(const struct members *m, const uint8_t *hash)
{
	uint32_t bits;

	memcpy(&bits, hash + 1, sizeof(bits));
	return (uint64_t)bits * m->blocks_n >> 32;
}

static uint64_t
print_of(const uint8_t *hash)
{
	uint64_t print;

	memcpy(&print, hash + 8, sizeof(print));
	return print != 0 ? print : 1;
}

/* The kernel may be writing it. */
static void
load(const struct block *from, struct block *to)
{
	for (int i = 0; i < WORDS; i++)
		to->words[i] =
		    __atomic_load_n(&from->words[i], __ATOMIC_RELAXED);
}

/* The block that has the value, or where it belongs. */
static enum members_answer
search(const struct members *m, const uint8_t *hash, uint64_t *number,
    struct block *b)
{
	uint64_t print = print_of(hash);

	*number = place_of(m, hash);
	for (uint64_t n = 0; n < m->blocks_n; n++) {
		load(&m->blocks[*number], b);
		for (int i = 1; i < WORDS; i++)
			if (b->words[i] == print)
				return MEMBERS_YES;
		if (b->words[0] != sum_of(m, *number, b))
			return MEMBERS_DAMAGED;
		if (b->words[SLOTS] == 0)
			return MEMBERS_NO;
		*number = *number + 1 < m->blocks_n ? *number + 1 : 0;
	}
	return MEMBERS_DAMAGED;
}

static void
let_write(int tries)
{
	if (tries < TRIES / 2)
		sched_yield();
	else
		usleep(WAIT_US);
}

static enum members_answer
search_again(const struct members *m, const uint8_t *hash, uint64_t *number,
    struct block *b)
{
	enum members_answer a = search(m, hash, number, b);

	for (int i = 0; a == MEMBERS_DAMAGED && i < TRIES; i++) {
		let_write(i);
		a = search(m, hash, number, b);
	}
	return a;
}

enum members_answer
members_look(const struct members *m, const uint8_t hash[VALUE_HASH_BYTES])
{
	struct block b;
	uint64_t number;

	return search_again(m, hash, &number, &b);
}

struct members *
members_new(size_t expected, const uint8_t *id)
{
	struct members *m = mem_new(1, sizeof(*m));

	memcpy(m->id, id, sizeof(m->id));
	m->fd = -1;
	m->blocks_n = (expected + expected / 2) / SLOTS + BLOCKS_LEAST;
	m->own = mem_new(m->blocks_n, sizeof(*m->own));
	m->blocks = m->own;
	for (uint64_t i = 0; i < m->blocks_n; i++)
		m->own[i].words[0] = sum_of(m, i, &m->own[i]);
	return m;
}

static bool
write_to(const struct members *m, int fd)
{
	struct head h = { .blocks = m->blocks_n, .order = ORDER };

	memcpy(h.magic, magic, sizeof(h.magic));
	memcpy(h.id, m->id, sizeof(h.id));
	h.sum = head_sum(&h);
	return file_write_all(fd, &h, sizeof(h)) &&
	       file_write_all(fd, m->own, m->blocks_n * BLOCK_BYTES) &&
	       fsync(fd) == 0;
}

bool
members_write(const struct members *m, const char *path, struct error *err)
{
	bool ok;
	int fd;

	/* Who has the one before mapped goes on with that. */
	fd = unlink(path) == 0 || errno == ENOENT
		 ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0660)
		 : -1;
	ok = fd >= 0 && write_to(m, fd);
	if (!ok)
		error_errno(err, "%.180s", path);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool
corrupt(const char *path, const char *what, struct error *err)
{
	error_set(err, ERROR_CORRUPT, "%.150s: %s", path, what);
	return false;
}

static bool
check_head(const struct members *m, const struct head *h, const char *path,
    struct error *err)
{
	if (memcmp(h->magic, magic, sizeof(magic)) != 0 || h->order != ORDER ||
	    h->sum != head_sum(h))
		return corrupt(path, "is none of ours", err);
	if (memcmp(h->id, m->id, sizeof(m->id)) != 0)
		return corrupt(path, "is of another shard", err);
	if (h->blocks == 0 || h->blocks != m->map_bytes / BLOCK_BYTES - 1)
		return corrupt(path, "is cut short", err);
	return true;
}

static bool
map(struct members *m, int fd, const char *path, struct error *err)
{
	struct stat st;
	void *map = MAP_FAILED;

	if (fstat(fd, &st) == 0 && (size_t)st.st_size < 2 * BLOCK_BYTES)
		return corrupt(path, "is cut short", err);
	m->map_bytes = (size_t)st.st_size;
	map = mmap(NULL, m->map_bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		error_errno(err, "%.180s", path);
		return false;
	}
	m->map = map;
	m->blocks = (const struct block *)map + 1;
	m->blocks_n = ((const struct head *)map)->blocks;
	return check_head(m, map, path, err);
}

struct members *
members_open(const char *path, const uint8_t *id, bool writing,
    struct error *err)
{
	int fd = open(path, (writing ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	struct members *m;

	if (fd < 0) {
		bool missing = errno == ENOENT;

		error_errno(err, "%.180s", path);
		if (missing)
			err->code = ERROR_CORRUPT;
		return NULL;
	}
	m = mem_new(1, sizeof(*m));
	memcpy(m->id, id, sizeof(m->id));
	m->fd = fd;
	if (!map(m, fd, path, err)) {
		members_close(m);
		return NULL;
	}
	if (!writing) {
		close(fd);
		m->fd = -1;
	}
	return m;
}

void
members_close(struct members *m)
{
	if (m == NULL)
		return;
	if (m->map != NULL)
		munmap(m->map, m->map_bytes);
	if (m->fd >= 0)
		close(m->fd);
	free(m->own);
	free(m);
}

static bool
store(struct members *m, uint64_t number, const struct block *b,
    struct error *err)
{
	off_t at = (off_t)((number + 1) * BLOCK_BYTES);

	if (m->own != NULL) {
		m->own[number] = *b;
		return true;
	}
	m->dirty = true;
	if (file_pwrite_all(m->fd, b, sizeof(*b), at))
		return true;
	error_errno(err, "cannot write the members of a shard");
	return false;
}

bool
members_add(struct members *m, const uint8_t hash[VALUE_HASH_BYTES],
    struct error *err)
{
	uint64_t number;
	struct block b;
	int slot = 1;

	switch (search(m, hash, &number, &b)) {
	case MEMBERS_YES:
		return true;
	case MEMBERS_DAMAGED:
		error_set(err, ERROR_CORRUPT,
		    "the members of a shard are damaged");
		return false;
	default:
		break;
	}
	while (b.words[slot] != 0)
		slot++;
	b.words[slot] = print_of(hash);
	b.words[0] = sum_of(m, number, &b);
	return store(m, number, &b, err);
}

bool
members_sync(struct members *m, struct error *err)
{
	if (!m->dirty)
		return true;
	m->dirty = false;
	if (fdatasync(m->fd) == 0)
		return true;
	error_errno(err, "cannot sync the members of a shard");
	return false;
}

size_t
members_room(const struct members *m)
{
	return m->blocks_n * SLOTS / 8 * 7;
}

bool
members_count(const struct members *m, size_t *n)
{
	*n = 0;
	for (uint64_t i = 0; i < m->blocks_n; i++) {
		struct block b;

		load(&m->blocks[i], &b);
		for (int k = 0; b.words[0] != sum_of(m, i, &b); k++) {
			if (k == TRIES)
				return false;
			let_write(k);
			load(&m->blocks[i], &b);
		}
		for (int slot = 1; slot < WORDS; slot++)
			*n += b.words[slot] != 0;
	}
	return true;
}
