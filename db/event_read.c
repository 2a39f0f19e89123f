/*
 * event_read - a line of the journal back into an event. The form is
 * described in event.c.
 */
#include "db/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/line.h"

/* Takes the member that r stands at; false if its form is wrong. */
typedef bool take_fn(const struct json_reader *r, struct event *ev);

static bool
take_hex(struct span s, size_t digits, uint64_t *out)
{
	uint8_t bytes[8];

	*out = 0;
	if (s.len != digits || !hash_unhex(s, bytes, digits / 2))
		return false;
	for (size_t i = 0; i < digits / 2; i++)
		*out = *out << 8 | bytes[i];
	return true;
}

static bool
unsigned_number(const struct json_reader *r, uint64_t max, uint64_t *out)
{
	if (r->type != JSON_INT || r->number < 0 || (uint64_t)r->number > max)
		return false;
	*out = (uint64_t)r->number;
	return true;
}

static bool
take_v(const struct json_reader *r, struct event *ev)
{
	(void)ev;
	return r->type == JSON_INT && r->number == 1;
}

static bool
take_lsn(const struct json_reader *r, struct event *ev)
{
	return unsigned_number(r, INT64_MAX, &ev->lsn) && ev->lsn > 0;
}

static bool
take_b(const struct json_reader *r, struct event *ev)
{
	return unsigned_number(r, INT64_MAX, &ev->batch_first) &&
	       ev->batch_first > 0;
}

static bool
take_last(const struct json_reader *r, struct event *ev)
{
	ev->batch_last = r->number != 0;
	return r->type == JSON_BOOL;
}

/* Our own times only: fixed width, or "" for none. */
static bool
time_of(const struct json_reader *r, int64_t *at)
{
	struct error ignored;

	if (r->type != JSON_TEXT)
		return false;
	*at = 0;
	return r->raw.len == 0 || clock_parse(r->raw, at, &ignored);
}

static bool
take_ts(const struct json_reader *r, struct event *ev)
{
	if (!time_of(r, &ev->at))
		return false;
	ev->since = ev->at;
	return true;
}

static bool
take_node(const struct json_reader *r, struct event *ev)
{
	return r->type == JSON_TEXT && take_hex(r->raw, 16, &ev->dot.node);
}

static bool
take_inc(const struct json_reader *r, struct event *ev)
{
	uint64_t inc;

	if (r->type != JSON_TEXT || !take_hex(r->raw, 8, &inc))
		return false;
	ev->dot.incarnation = (uint32_t)inc;
	return true;
}

static bool
take_seq(const struct json_reader *r, struct event *ev)
{
	return unsigned_number(r, INT64_MAX, &ev->dot.seq);
}

static bool
take_op(const struct json_reader *r, struct event *ev)
{
	int op;

	if (r->type != JSON_TEXT || !names_number(event_op_names, r->raw, &op))
		return false;
	ev->op = (enum event_op)op;
	return true;
}

static bool
kind_of(const struct json_reader *r, enum kind *out)
{
	int kind;

	if (r->type != JSON_TEXT || !names_number(kind_names, r->raw, &kind))
		return false;
	*out = (enum kind)kind;
	return true;
}

static bool
take_source(const struct json_reader *r, struct event *ev)
{
	int source = 0;

	if (r->type != JSON_TEXT ||
	    (r->raw.len > 0 && !names_number(source_names, r->raw, &source)))
		return false;
	ev->source = (enum source)source;
	return true;
}

static bool
take_hash(const struct json_reader *r, struct event *ev)
{
	return r->type == JSON_TEXT &&
	       hash_unhex(r->raw, ev->hash, sizeof(ev->hash));
}

static bool
take_oh(const struct json_reader *r, struct event *ev)
{
	return r->type == JSON_TEXT &&
	       hash_unhex(r->raw, ev->other_hash, sizeof(ev->other_hash));
}

static bool
take_count(const struct json_reader *r, struct event *ev)
{
	uint64_t n;

	if (!unsigned_number(r, UINT32_MAX, &n))
		return false;
	ev->count = (uint32_t)n;
	return true;
}

static bool
pos_of(const struct json_reader *r, struct journal_pos *pos)
{
	struct span rest = r->raw, segment;
	unsigned long long s, o;

	*pos = (struct journal_pos){ 0 };
	if (r->type != JSON_TEXT)
		return false;
	if (rest.len == 0)
		return true;
	(void)span_cut(&rest, ':', &segment);
	if (!span_number(segment, UINT32_MAX, &s) ||
	    !span_number(rest, UINT32_MAX, &o) || s == 0)
		return false;
	*pos = (struct journal_pos){ (uint32_t)s, (uint32_t)o };
	return true;
}

static bool
dot_of(const struct json_reader *r, struct dot *d)
{
	struct span rest = r->raw, node = { "", 0 }, inc = { "", 0 };
	unsigned long long seq;
	uint64_t incarnation;

	(void)span_cut(&rest, '-', &node);
	(void)span_cut(&rest, '-', &inc);
	if (r->type != JSON_TEXT || !take_hex(node, 16, &d->node) ||
	    !take_hex(inc, 8, &incarnation) ||
	    !span_number(rest, INT64_MAX, &seq))
		return false;
	d->incarnation = (uint32_t)incarnation;
	d->seq = seq;
	return true;
}

static bool
take_cov(const struct json_reader *r, struct event *ev)
{
	struct json_reader elements;
	struct error ignored;
	size_t room = 0;

	if (r->type != JSON_ARRAY || ev->cover_n > 0)
		return false;
	json_open_array(&elements, r);
	while (json_next(&elements)) {
		if (ev->cover_n == room) {
			room = room * 2 + 4;
			ev->cover =
			    mem_resize(ev->cover, room, sizeof(*ev->cover));
		}
		if (!dot_of(&elements, &ev->cover[ev->cover_n]))
			return false;
		ev->cover_n++;
	}
	return json_close(&elements, &ignored);
}

static bool
take_value(const struct json_reader *r, struct event *ev)
{
	if (!json_get(r, ev->value.text, sizeof(ev->value.text)))
		return false;
	memcpy(ev->value.shown, ev->value.text, sizeof(ev->value.shown));
	return true;
}

#define MEMBER(name, of, member)                                               \
	static bool take_##name(const struct json_reader *r, struct event *ev) \
	{                                                                      \
		return of(r, &ev->member);                                     \
	}
MEMBER(since, time_of, since)
MEMBER(expires, time_of, expires)
MEMBER(kind, kind_of, value.kind)
MEMBER(okind, kind_of, other_kind)
MEMBER(prev, pos_of, prev)
MEMBER(cprev, pos_of, contact_prev)

#define TEXT_MEMBER(name, member)                                              \
	static bool take_##name(const struct json_reader *r, struct event *ev) \
	{                                                                      \
		return json_get(r, ev->member, sizeof(ev->member));            \
	}
TEXT_MEMBER(shown, value.shown)
TEXT_MEMBER(stream, stream)
TEXT_MEMBER(contact, contact)
TEXT_MEMBER(other, other)
TEXT_MEMBER(by, by)
TEXT_MEMBER(why, why)
TEXT_MEMBER(report, evidence.report)
TEXT_MEMBER(class, evidence.class)
TEXT_MEMBER(status, evidence.status)
TEXT_MEMBER(rule, evidence.rule)
TEXT_MEMBER(trust, evidence.trust)
TEXT_MEMBER(proof, evidence.proof)
TEXT_MEMBER(ref, evidence.ref)
TEXT_MEMBER(happened, evidence.happened)

/* In the order of the line, so that the next one is found at once. */
static const struct {
	const char *name;
	take_fn *take;
	bool wanted; /* no event is without it */
} members[] = {
	{ "v", take_v, true },
	{ "lsn", take_lsn, true },
	{ "b", take_b, true },
	{ "ts", take_ts, true },
	{ "node", take_node, true },
	{ "inc", take_inc, true },
	{ "seq", take_seq, true },
	{ "op", take_op, true },
	{ "kind", take_kind, true },
	{ "value", take_value, true },
	{ "shown", take_shown, false },
	{ "h", take_hash, true },
	{ "source", take_source, false },
	{ "stream", take_stream, false },
	{ "contact", take_contact, false },
	{ "okind", take_okind, false },
	{ "other", take_other, false },
	{ "oh", take_oh, false },
	{ "since", take_since, false },
	{ "expires", take_expires, false },
	{ "count", take_count, false },
	{ "by", take_by, true },
	{ "why", take_why, true },
	{ "report", take_report, false },
	{ "class", take_class, false },
	{ "status", take_status, false },
	{ "rule", take_rule, false },
	{ "trust", take_trust, false },
	{ "proof", take_proof, false },
	{ "ref", take_ref, false },
	{ "happened", take_happened, false },
	{ "cov", take_cov, false },
	{ "prev", take_prev, false },
	{ "cprev", take_cprev, false },
	{ "last", take_last, false },
};

/* What the members that are left out say; "since" and "shown" say what "ts" and
 * "value" before them do. */
static const struct event otherwise = { .stream = "*", .count = 1 };

/* The row of a name, looking first where it is expected. */
static size_t
row_of(struct span name, size_t expected)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		size_t row = (expected + i) % ARRAY_LEN(members);

		if (span_is(name, members[row].name))
			return row;
	}
	return ARRAY_LEN(members);
}

static bool
take_members(struct span line, struct event *ev, struct error *err)
{
	uint64_t seen = 0;
	struct json_reader r;
	size_t row = 0;

	json_open(&r, line);
	while (json_next(&r)) {
		size_t found = row_of(r.name, row);

		if (found == ARRAY_LEN(members))
			continue; /* crc, and what a newer version adds */
		if (!members[found].take(&r, ev)) {
			error_set(err, ERROR_CORRUPT,
			    "the member '%s' has "
			    "another form",
			    members[found].name);
			return false;
		}
		seen |= UINT64_C(1) << found;
		row = found + 1;
	}
	if (!json_close(&r, err)) {
		err->code = ERROR_CORRUPT;
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (members[i].wanted && (seen >> i & 1) == 0) {
			error_set(err, ERROR_CORRUPT,
			    "the member '%s' is missing", members[i].name);
			return false;
		}
	}
	return true;
}

/* Nothing but "*": no value is like that. */
static bool
is_hidden(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "*")] == '\0';
}

bool
event_decode(struct span line, struct event *ev, struct error *err)
{
	*ev = otherwise;
	if (!line_check(line, err) || !take_members(line, ev, err)) {
		event_done(ev);
		return false;
	}
	if (is_hidden(ev->value.text))
		event_hide(ev);
	if (is_hidden(ev->other))
		event_hide_other(ev);
	return true;
}
