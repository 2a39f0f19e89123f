#include "policy/bulk.h"

#include <stdlib.h>

#include "base/mem.h"

void
bulk_begin(struct bulk *b)
{
	b->changes = mem_new(b->most, sizeof(*b->changes));
	b->results = mem_new(b->most, sizeof(*b->results));
	b->tags = mem_new(b->most, sizeof(*b->tags));
	b->n = 0;
}

bool
bulk_flush(struct bulk *b, struct error *err)
{
	size_t n = b->n;

	if (n > 0 && b->st != NULL &&
	    !store_change(b->st, b->changes, n, b->results, err))
		return false;
	b->n = 0;
	for (size_t i = 0; i < n; i++)
		b->fn(&b->changes[i], b->tags[i], &b->results[i], b->arg);
	return true;
}

bool
bulk_add(struct bulk *b, const struct change *c, uint64_t tag,
    struct error *err)
{
	b->changes[b->n] = *c;
	b->tags[b->n] = tag;
	b->n++;
	return b->n < b->most || bulk_flush(b, err);
}

void
bulk_done(struct bulk *b)
{
	free(b->changes);
	free(b->results);
	free(b->tags);
	*b = (struct bulk){ 0 };
}
