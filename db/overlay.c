#include "db/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LEAST_ROOM 64

void
overlay_done(struct overlay *o)
{
	for (size_t i = 0; i < o->room; i++)
		if (o->table[i].used)
			record_done(&o->table[i].rec);
	free(o->table);
	*o = (struct overlay){ 0 };
}

/* Where hash is, or where it would go. The hashes are keyed: their bytes are
 * as good as random. */
static struct overlay_entry *
slot(const struct overlay *o, const uint8_t *hash)
{
	uint64_t start;

	memcpy(&start, hash + 4, sizeof(start));
	for (size_t i = start & (o->room - 1);; i = (i + 1) & (o->room - 1)) {
		struct overlay_entry *e = &o->table[i];

		if (!e->used || memcmp(e->hash, hash, sizeof(e->hash)) == 0)
			return e;
	}
}

static void
grow(struct overlay *o, size_t room)
{
	struct overlay larger = { .room = room };

	larger.table = mem_new(larger.room, sizeof(*larger.table));
	for (size_t i = 0; i < o->room; i++)
		if (o->table[i].used)
			*slot(&larger, o->table[i].hash) = o->table[i];
	larger.n = o->n;
	free(o->table);
	*o = larger;
}

void
overlay_reserve(struct overlay *o, size_t n)
{
	size_t room = LEAST_ROOM;

	while (room <= n * 2)
		room *= 2;
	if (room > o->room)
		grow(o, room);
}

struct record *
overlay_find(const struct overlay *o, const uint8_t *hash)
{
	struct overlay_entry *e;

	if (o->n == 0)
		return NULL;
	e = slot(o, hash);
	return e->used ? &e->rec : NULL;
}

struct record *
overlay_need(struct overlay *o, const uint8_t *hash, bool *fresh)
{
	struct overlay_entry *e;

	if (o->n * 2 >= o->room)
		grow(o, o->room == 0 ? LEAST_ROOM : o->room * 2);
	e = slot(o, hash);
	*fresh = !e->used;
	if (!e->used) {
		e->used = true;
		memcpy(e->hash, hash, sizeof(e->hash));
		o->n++;
	}
	return &e->rec;
}
