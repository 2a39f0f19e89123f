#include "db/hashes.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* 64 KiB. */
#define ENTRIES 1024

#define HASH_WORDS (VALUE_HASH_BYTES / sizeof(uint64_t))
#define TEXT_WORDS 5
#define TEXT_BYTES (TEXT_WORDS * sizeof(uint64_t))
#define WORDS (HASH_WORDS + TEXT_WORDS)

/*
 * A line of the cache. turn is odd while it is being changed and another one
 * behind each change: who finds the same even one before and after reading the
 * words has read those of one change. The order of the words' loads and stores
 * sees to it that whoever has read a new word reads a new turn, too.
 */
struct entry {
	_Atomic uint64_t turn;         /* 0: empty */
	_Atomic uint64_t words[WORDS]; /* the hash; the text, filled up with
					  zeros */
};

_Static_assert(sizeof(struct entry) == 64, "an entry is a line of the cache");

struct hashes {
	struct entry entries[ENTRIES];
};

struct hashes *
hashes_new(void)
{
	return mem_new(1, sizeof(struct hashes));
}

void
hashes_free(struct hashes *h)
{
	free(h);
}

/* False: it is too long. */
static bool
pack(struct span text, uint64_t out[TEXT_WORDS])
{
	if (text.len > TEXT_BYTES)
		return false;
	memset(out, 0, TEXT_BYTES);
	memcpy(out, text.p, text.len);
	return true;
}

/* Domains that meet in one entry push each other out, no more. */
static size_t
place_of(const uint64_t text[TEXT_WORDS])
{
	uint64_t mixed = 0;

	for (size_t i = 0; i < TEXT_WORDS; i++) {
		mixed = (mixed ^ text[i]) * UINT64_C(0x9E3779B97F4A7C15);
		mixed ^= mixed >> 32;
	}
	return mixed % ENTRIES;
}

bool
hashes_get(const struct hashes *h, struct span text,
    uint8_t out[VALUE_HASH_BYTES])
{
	uint64_t wanted[TEXT_WORDS], words[WORDS], turn;
	const struct entry *e;

	if (!pack(text, wanted))
		return false;
	e = &h->entries[place_of(wanted)];
	turn = atomic_load_explicit(&e->turn, memory_order_acquire);
	for (size_t i = 0; i < WORDS; i++)
		words[i] =
		    atomic_load_explicit(&e->words[i], memory_order_acquire);
	if (turn == 0 || turn % 2 != 0 ||
	    atomic_load_explicit(&e->turn, memory_order_relaxed) != turn ||
	    memcmp(words + HASH_WORDS, wanted, TEXT_BYTES) != 0)
		return false;
	memcpy(out, words, VALUE_HASH_BYTES);
	return true;
}

void
hashes_put(struct hashes *h, struct span text,
    const uint8_t hash[VALUE_HASH_BYTES])
{
	uint64_t words[WORDS], turn;
	struct entry *e;

	if (!pack(text, words + HASH_WORDS))
		return;
	memcpy(words, hash, VALUE_HASH_BYTES);
	e = &h->entries[place_of(words + HASH_WORDS)];
	turn = atomic_load_explicit(&e->turn, memory_order_relaxed);
	if (turn % 2 != 0 ||
	    !atomic_compare_exchange_strong_explicit(&e->turn, &turn, turn + 1,
		memory_order_acquire, memory_order_relaxed))
		return;
	for (size_t i = 0; i < WORDS; i++)
		atomic_store_explicit(&e->words[i], words[i],
		    memory_order_release);
	atomic_store_explicit(&e->turn, turn + 2, memory_order_release);
}
