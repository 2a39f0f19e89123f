#include "db/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/line.h"

/*
 * On disk, one line, members in this order. Those in parentheses are left out
 * where they would say what stands there; they do a third of the length.
 *
 *	v	1, the version of the format
 *	lsn	number of the line in this store
 *	b	lsn of the first line of its batch
 *	ts	when it was written, RFC 3339
 *	node, inc, seq	its global name: 16 and 8 hex digits, a number
 *	op	add, remove, report, erase; of contacts: name, link, unlink,
 *		block, unblock, forget
 *	kind, value	what it is about, canonical; "*" where the text is not
 *		kept: h tells
 *	(shown)	as it came: as value
 *	h	the key in the index, 32 hex digits
 *	(source, stream, contact)	which reason: none, "*", none
 *	(okind, other, oh)	link and unlink alone: the other end, as kind,
 *		value and h. A link is two lines, one for each end
 *	(since, expires)	of the reason: as ts, never
 *	(count)	how often this reason came: 1
 *	by, why	who did it, and why
 *	(report, class, status, rule, trust, proof, ref)
 *		what a report said: nothing
 *	(happened)	when that was, on an earlier day: as ts
 *	(cov)	the adds that are gone with this event, "node-inc-seq": none
 *	(prev, cprev)	the event before of this value, and the last one whose
 *		value is this contact, "segment:offset": none
 *	(last)	is this the last line of its batch? no
 *	crc	CRC-32C of all bytes before ,"crc"
 *
 * Unknown members are passed over: a newer version may add some before crc.
 */

/* In the place of a text that is not kept. */
#define HIDDEN_TEXT "*"

const struct name event_op_names[] = {
	{ EVENT_ADD, "add" },
	{ EVENT_REMOVE, "remove" },
	{ EVENT_REPORT, "report" },
	{ EVENT_NAME, "name" },
	{ EVENT_LINK, "link" },
	{ EVENT_UNLINK, "unlink" },
	{ EVENT_BLOCK, "block" },
	{ EVENT_UNBLOCK, "unblock" },
	{ EVENT_FORGET, "forget" },
	{ EVENT_ERASE, "erase" },
	{ 0, NULL },
};

const struct name source_names[] = {
	{ SOURCE_USER, "user" },
	{ SOURCE_API, "api" },
	{ SOURCE_LEAD, "lead" },
	{ SOURCE_BOUNCED, "bounced" },
	{ SOURCE_ABUSE, "abuse" },
	{ 0, NULL },
};

bool
source_is_wish(enum source source)
{
	return source == SOURCE_LEAD || source == SOURCE_ABUSE;
}

bool
dot_equal(const struct dot *a, const struct dot *b)
{
	return a->node == b->node && a->incarnation == b->incarnation &&
	       a->seq == b->seq;
}

void
event_hide(struct event *ev)
{
	if (ev->value.kind != KIND_CONTACT)
		value_hide(&ev->value, ev->hash);
}

void
event_hide_other(struct event *ev)
{
	struct value other = { .kind = ev->other_kind };

	if (ev->other_kind == 0 || ev->other_kind == KIND_CONTACT)
		return;
	value_hide(&other, ev->other_hash);
	memcpy(ev->other, other.text, sizeof(ev->other));
}

void
event_cover(struct event *ev, const struct dot *d)
{
	ev->cover = mem_resize(ev->cover, ev->cover_n + 1, sizeof(*ev->cover));
	ev->cover[ev->cover_n++] = *d;
}

void
event_done(struct event *ev)
{
	free(ev->cover);
	memset(ev, 0, sizeof(*ev));
}

static void
put_time(struct buf *out, const char *name, int64_t at)
{
	char text[CLOCK_TEXT];

	clock_format(at, text);
	json_text(out, name, (struct span){ text, CLOCK_TEXT - 1 });
}

static void
put_pos(struct buf *out, const char *name, struct journal_pos pos)
{
	char text[32];

	if (pos.segment == 0)
		return;
	snprintf(text, sizeof(text), "%" PRIu32 ":%" PRIu32, pos.segment,
	    pos.offset);
	json_text(out, name, span_of(text));
}

/* A text, unless it is the one that its absence says. */
static void
put_unless(struct buf *out, const char *name, const char *text,
    const char *otherwise)
{
	if (strcmp(text, otherwise) != 0)
		json_text(out, name, span_of(text));
}

static void
put_evidence(struct buf *out, const struct evidence *e)
{
	if (e->report[0] == '\0')
		return;
	json_text(out, "report", span_of(e->report));
	put_unless(out, "class", e->class, "");
	put_unless(out, "status", e->status, "");
	put_unless(out, "rule", e->rule, "");
	put_unless(out, "trust", e->trust, "");
	put_unless(out, "proof", e->proof, "");
	put_unless(out, "ref", e->ref, "");
	put_unless(out, "happened", e->happened, "");
}

/* What is hidden has its hash beside it. */
static void
put_value(struct buf *out, const char *name, const struct value *v,
    const char *text)
{
	json_text(out, name,
	    span_of(value_is_hidden(v, NULL) ? HIDDEN_TEXT : text));
}

static void
put_other(struct buf *out, const struct event *ev)
{
	struct value other;
	char hash[2 * VALUE_HASH_BYTES + 1];

	if (ev->other_kind == 0)
		return;
	value_of(&other, ev->other_kind, ev->other);
	hash_hex(ev->other_hash, sizeof(ev->other_hash), hash);
	json_text(out, "okind",
	    span_of(names_text(kind_names, (int)ev->other_kind)));
	put_value(out, "other", &other, ev->other);
	json_text(out, "oh", span_of(hash));
}

static void
put_cover(struct buf *out, const struct event *ev)
{
	char text[64];

	if (ev->cover_n == 0)
		return;
	json_array_begin(out, "cov");
	for (size_t i = 0; i < ev->cover_n; i++) {
		const struct dot *d = &ev->cover[i];

		snprintf(text, sizeof(text),
		    "%016" PRIx64 "-%08" PRIx32 "-%" PRIu64, d->node,
		    d->incarnation, d->seq);
		json_text(out, NULL, span_of(text));
	}
	json_array_end(out);
}

/* The name of the event, and its place. */
static void
put_head(struct buf *out, const struct event *ev)
{
	char node[16], inc[8];

	line_hex(node, ev->dot.node, sizeof(node));
	line_hex(inc, ev->dot.incarnation, sizeof(inc));
	json_int(out, "v", 1);
	json_int(out, "lsn", (int64_t)ev->lsn);
	json_int(out, "b", (int64_t)ev->batch_first);
	put_time(out, "ts", ev->at);
	json_text(out, "node", (struct span){ node, sizeof(node) });
	json_text(out, "inc", (struct span){ inc, sizeof(inc) });
	json_int(out, "seq", (int64_t)ev->dot.seq);
	json_text(out, "op", span_of(names_text(event_op_names, (int)ev->op)));
}

/* What it is about. */
static void
put_subject(struct buf *out, const struct event *ev)
{
	char hash[2 * VALUE_HASH_BYTES + 1];

	hash_hex(ev->hash, sizeof(ev->hash), hash);
	json_text(out, "kind",
	    span_of(names_text(kind_names, (int)ev->value.kind)));
	put_value(out, "value", &ev->value, ev->value.text);
	if (strcmp(ev->value.shown, ev->value.text) != 0)
		put_value(out, "shown", &ev->value, ev->value.shown);
	json_text(out, "h", (struct span){ hash, sizeof(hash) - 1 });
}

static void
put_reason(struct buf *out, const struct event *ev)
{
	if (ev->source != 0)
		json_text(out, "source",
		    span_of(names_text(source_names, (int)ev->source)));
	put_unless(out, "stream", ev->stream, "*");
	put_unless(out, "contact", ev->contact, "");
	put_other(out, ev);
	if (ev->since != ev->at)
		put_time(out, "since", ev->since);
	if (ev->expires != 0)
		put_time(out, "expires", ev->expires);
	if (ev->count != 1)
		json_int(out, "count", ev->count);
}

void
event_encode(const struct event *ev, struct buf *out)
{
	size_t from = out->len;

	json_begin(out);
	put_head(out, ev);
	put_subject(out, ev);
	put_reason(out, ev);
	json_text(out, "by", span_of(ev->by));
	json_text(out, "why", span_of(ev->why));
	put_evidence(out, &ev->evidence);
	put_cover(out, ev);
	put_pos(out, "prev", ev->prev);
	put_pos(out, "cprev", ev->contact_prev);
	if (ev->batch_last)
		json_bool(out, "last", true);
	line_seal(out, from);
}

void
event_seal_batch(struct buf *lines, size_t from)
{
	line_unseal(lines);
	json_bool(lines, "last", true);
	line_seal(lines, from);
}
