#include "db/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/little.h"
#include "base/mem.h"

/*
 * In the index, little-endian:
 *
 *	header, 16 bytes: version 1 (1), erased (1), reasons and links (2),
 *		covers (4), head segment (4), head offset (4)
 *	reason, 72 bytes: source (1), zero (3), count (4), stream (8),
 *		contact (8), since (4), expires (4), last seen (4),
 *		incarnation (4), node (8), seq (8), first (8), last (8)
 *	link, 72 bytes: role + 128 (1), zero (7), other (16), since (4),
 *		zero (8), incarnation (4), node (8), seq (8), at (8), zero (8)
 *	cover, 20 bytes: node (8), incarnation (4), seq (8)
 *
 * Times are unsigned: until 2106. Streams and contacts are name_hash().
 */
#define VERSION 1
#define COVER_BYTES 20
#define LINK_MARK 128 /* in the place of the source */

void
record_done(struct record *rec)
{
	free(rec->reasons);
	free(rec->links);
	free(rec->covers);
	*rec = (struct record){ 0 };
}

void
record_copy(struct record *to, const struct record *from)
{
	*to = *from;
	to->reasons = mem_new(from->reasons_n, sizeof(*to->reasons));
	to->covers = mem_new(from->covers_n, sizeof(*to->covers));
	if (from->links_n > 0) {
		to->links = mem_new(from->links_n, sizeof(*to->links));
		memcpy(to->links, from->links,
		    from->links_n * sizeof(*to->links));
	}
	if (from->reasons_n > 0)
		memcpy(to->reasons, from->reasons,
		    from->reasons_n * sizeof(*to->reasons));
	if (from->covers_n > 0)
		memcpy(to->covers, from->covers,
		    from->covers_n * sizeof(*to->covers));
}

uint64_t
name_hash(const char *name)
{
	uint8_t digest[HASH_SHORT_BYTES];
	struct hash h;
	uint64_t out;

	if (name[0] == '\0' || strcmp(name, "*") == 0)
		return 0;
	hash_begin(&h, NULL, sizeof(digest));
	hash_add_text(&h, name);
	hash_end(&h, digest);
	memcpy(&out, digest, sizeof(out));
	/* 0 is taken. */
	return out != 0 ? out : 1;
}

size_t
record_live(const struct record *rec, int64_t now, const struct reason **out,
    size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < rec->reasons_n; i++) {
		const struct reason *r = &rec->reasons[i];

		if (r->expires != 0 && r->expires <= now)
			continue;
		if (n < max)
			out[n] = r;
		n++;
	}
	return n;
}

const struct link *
record_link(const struct record *rec, enum link_role role, const uint8_t *other)
{
	for (size_t i = 0; i < rec->links_n; i++) {
		const struct link *l = &rec->links[i];

		if (l->role == role &&
		    (other == NULL ||
			memcmp(l->other, other, sizeof(l->other)) == 0))
			return l;
	}
	return NULL;
}

size_t
record_links(const struct record *rec, enum link_role role)
{
	size_t n = 0;

	for (size_t i = 0; i < rec->links_n; i++)
		n += rec->links[i].role == role;
	return n;
}

/* Puts a number there and goes on behind it. */
static void
put(char **at, uint64_t number, size_t bytes)
{
	little_put(*at, number, bytes);
	*at += bytes;
}

/* Takes bytes off the front; the caller has checked that they are there. */
static uint64_t
take(struct span *s, size_t bytes)
{
	uint64_t number = little_get(s->p, bytes);

	s->p += bytes;
	s->len -= bytes;
	return number;
}

static void
put_pos(char **at, struct journal_pos pos)
{
	put(at, pos.segment, 4);
	put(at, pos.offset, 4);
}

static struct journal_pos
take_pos(struct span *s)
{
	struct journal_pos pos;

	pos.segment = (uint32_t)take(s, 4);
	pos.offset = (uint32_t)take(s, 4);
	return pos;
}

static void
put_reason(char **at, const struct reason *r)
{
	put(at, r->source, 1);
	put(at, 0, 3);
	put(at, r->count, 4);
	put(at, r->stream, 8);
	put(at, r->contact, 8);
	put(at, (uint64_t)r->since, 4);
	put(at, (uint64_t)r->expires, 4);
	put(at, (uint64_t)r->last_seen, 4);
	put(at, r->dot.incarnation, 4);
	put(at, r->dot.node, 8);
	put(at, r->dot.seq, 8);
	put_pos(at, r->first);
	put_pos(at, r->last);
}

static void
take_reason(struct span *s, struct reason *r)
{
	r->source = (enum source)take(s, 1);
	(void)take(s, 3);
	r->count = (uint32_t)take(s, 4);
	r->stream = take(s, 8);
	r->contact = take(s, 8);
	r->since = (int64_t)take(s, 4);
	r->expires = (int64_t)take(s, 4);
	r->last_seen = (int64_t)take(s, 4);
	r->dot.incarnation = (uint32_t)take(s, 4);
	r->dot.node = take(s, 8);
	r->dot.seq = take(s, 8);
	r->first = take_pos(s);
	r->last = take_pos(s);
}

static void
put_link(char **at, const struct link *l)
{
	put(at, LINK_MARK + l->role, 1);
	put(at, 0, 7);
	memcpy(*at, l->other, sizeof(l->other));
	*at += sizeof(l->other);
	put(at, (uint64_t)l->since, 4);
	put(at, 0, 8);
	put(at, l->dot.incarnation, 4);
	put(at, l->dot.node, 8);
	put(at, l->dot.seq, 8);
	put_pos(at, l->at);
	put(at, 0, 8);
}

static void
take_link(struct span *s, struct link *l)
{
	l->role = (enum link_role)(take(s, 1) - LINK_MARK);
	(void)take(s, 7);
	for (size_t i = 0; i < sizeof(l->other); i++)
		l->other[i] = (uint8_t)take(s, 1);
	l->since = (int64_t)take(s, 4);
	(void)take(s, 8);
	l->dot.incarnation = (uint32_t)take(s, 4);
	l->dot.node = take(s, 8);
	l->dot.seq = take(s, 8);
	l->at = take_pos(s);
	(void)take(s, 8);
}

static bool
is_link(const char *entry)
{
	return ((unsigned char)entry[0] & LINK_MARK) != 0;
}

/* n reasons and links, each sort in its order. */
static void
take_entries(struct span *s, size_t n, struct record *rec)
{
	size_t links = 0;

	for (size_t i = 0; i < n; i++)
		links += is_link(s->p + i * RECORD_REASON_BYTES);
	rec->reasons = mem_new(n - links, sizeof(*rec->reasons));
	/* Most have none: one allocation less at each look-up. */
	if (links > 0)
		rec->links = mem_new(links, sizeof(*rec->links));
	for (size_t i = 0; i < n; i++) {
		if (is_link(s->p))
			take_link(s, &rec->links[rec->links_n++]);
		else
			take_reason(s, &rec->reasons[rec->reasons_n++]);
	}
}

static size_t
size_of(size_t entries, size_t covers)
{
	return RECORD_HEADER_BYTES + entries * RECORD_REASON_BYTES +
	       covers * COVER_BYTES;
}

void
record_encode(const struct record *rec, struct buf *out)
{
	size_t bytes = size_of(rec->reasons_n + rec->links_n, rec->covers_n);
	char *at = buf_grow(out, bytes);

	if (at == NULL)
		return;
	put(&at, VERSION, 1);
	put(&at, rec->erased, 1);
	put(&at, rec->reasons_n + rec->links_n, 2);
	put(&at, rec->covers_n, 4);
	put_pos(&at, rec->head);
	for (size_t i = 0; i < rec->reasons_n; i++)
		put_reason(&at, &rec->reasons[i]);
	for (size_t i = 0; i < rec->links_n; i++)
		put_link(&at, &rec->links[i]);
	for (size_t i = 0; i < rec->covers_n; i++) {
		put(&at, rec->covers[i].node, 8);
		put(&at, rec->covers[i].incarnation, 4);
		put(&at, rec->covers[i].seq, 8);
	}
	buf_grown(out, bytes);
}

size_t
record_size(struct span header)
{
	size_t entries, covers;

	if (header.len < RECORD_HEADER_BYTES || take(&header, 1) != VERSION)
		return 0;
	(void)take(&header, 1);
	entries = take(&header, 2);
	covers = take(&header, 4);
	return size_of(entries, covers);
}

bool
record_decode(struct span bytes, struct record *rec, struct error *err)
{
	size_t size = record_size(bytes), entries;

	if (size == 0 || size > bytes.len) {
		error_set(err, ERROR_CORRUPT,
		    "a record of the index has another form");
		return false;
	}
	*rec = (struct record){ 0 };
	(void)take(&bytes, 1);
	rec->erased = take(&bytes, 1) != 0;
	entries = take(&bytes, 2);
	rec->covers_n = take(&bytes, 4);
	rec->head = take_pos(&bytes);
	take_entries(&bytes, entries, rec);
	rec->covers = mem_new(rec->covers_n, sizeof(*rec->covers));
	for (size_t i = 0; i < rec->covers_n; i++) {
		rec->covers[i].node = take(&bytes, 8);
		rec->covers[i].incarnation = (uint32_t)take(&bytes, 4);
		rec->covers[i].seq = take(&bytes, 8);
	}
	return true;
}

static bool
reason_equal(const struct reason *a, const struct reason *b)
{
	return dot_equal(&a->dot, &b->dot) && a->source == b->source &&
	       a->stream == b->stream && a->contact == b->contact &&
	       a->since == b->since && a->expires == b->expires &&
	       a->last_seen == b->last_seen && a->count == b->count;
}

static bool
has_reason(const struct record *rec, const struct reason *r)
{
	for (size_t i = 0; i < rec->reasons_n; i++)
		if (reason_equal(&rec->reasons[i], r))
			return true;
	return false;
}

static bool
has_link(const struct record *rec, const struct link *l)
{
	for (size_t i = 0; i < rec->links_n; i++)
		if (dot_equal(&rec->links[i].dot, &l->dot) &&
		    rec->links[i].role == l->role &&
		    rec->links[i].since == l->since &&
		    memcmp(rec->links[i].other, l->other, sizeof(l->other)) ==
			0)
			return true;
	return false;
}

static bool
has_cover(const struct record *rec, const struct dot *d)
{
	for (size_t i = 0; i < rec->covers_n; i++)
		if (dot_equal(&rec->covers[i], d))
			return true;
	return false;
}

bool
record_equal(const struct record *a, const struct record *b)
{
	if (a->reasons_n != b->reasons_n || a->links_n != b->links_n ||
	    a->covers_n != b->covers_n || a->erased != b->erased)
		return false;
	for (size_t i = 0; i < a->links_n; i++)
		if (!has_link(b, &a->links[i]))
			return false;
	for (size_t i = 0; i < a->reasons_n; i++)
		if (!has_reason(b, &a->reasons[i]))
			return false;
	for (size_t i = 0; i < a->covers_n; i++)
		if (!has_cover(b, &a->covers[i]))
			return false;
	return true;
}
