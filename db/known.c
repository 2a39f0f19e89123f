/*
 * known - many lookups at once: a shard is locked once for all of its own.
 */
#include "db/store_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The hashes in the order of their shards, and whose they are. */
struct sorted {
	uint8_t *hashes;
	size_t *whose;
	bool *known;
	size_t first[SHARDS + 1];
};

static void
sort_in(const uint8_t *hashes, size_t n, struct sorted *s)
{
	size_t next[SHARDS];

	for (size_t i = 0; i < n; i++)
		s->first[shard_of(hashes + i * VALUE_HASH_BYTES) + 1]++;
	for (size_t i = 0; i < SHARDS; i++) {
		next[i] = s->first[i];
		s->first[i + 1] += s->first[i];
	}
	for (size_t i = 0; i < n; i++) {
		const uint8_t *hash = hashes + i * VALUE_HASH_BYTES;
		size_t at = next[shard_of(hash)]++;

		memcpy(s->hashes + at * VALUE_HASH_BYTES, hash,
		    VALUE_HASH_BYTES);
		s->whose[at] = i;
	}
}

bool
store_known(struct store *st, const uint8_t *hashes, size_t n, bool *known,
    struct error *err)
{
	struct sorted s = { .hashes = mem_new(n, VALUE_HASH_BYTES),
		.whose = mem_new(n, sizeof(size_t)),
		.known = mem_new(n, sizeof(bool)) };
	bool ok = true;

	sort_in(hashes, n, &s);
	for (size_t i = 0; ok && i < SHARDS; i++) {
		size_t at = s.first[i], of = s.first[i + 1] - at;

		ok = of == 0 ||
		     index_known(st, i, s.hashes + at * VALUE_HASH_BYTES, of,
			 s.known + at, err);
	}
	for (size_t i = 0; ok && i < n; i++)
		known[s.whose[i]] = s.known[i];
	free(s.hashes);
	free(s.whose);
	free(s.known);
	return ok;
}
