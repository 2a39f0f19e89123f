#include "db/batch.h"

#include <stdlib.h>
#include <string.h>

#include "db/fold.h"
#include "db/hide.h"
#include "db/plan.h"

/* How far back the same report is looked for. */
#define REPEAT_EVENTS_MAX 64

/* A value that has more reasons than this is a mistake or an attack. */
#define REASONS_MAX 1000

void
batch_init(struct batch *b, struct store *st, struct journal_pos at,
    int64_t now)
{
	*b = (struct batch){ .st = st, .at = at, .time = now };
	buf_init(&b->lines, LIMIT_BATCH_BYTES);
	buf_init(&b->counted, LIMIT_BATCH_BYTES);
}

void
batch_done(struct batch *b)
{
	buf_done(&b->lines);
	buf_done(&b->counted);
	overlay_done(&b->records);
}

/* The counts of the traffic go with the batch that made them. */
static void
uncount(struct batch *b)
{
	struct span rest = buf_span(&b->counted), domain;

	while (span_cut(&rest, '\0', &domain))
		traffic_uncount(b->st->traffic, domain.p, b->after.at);
	buf_reset(&b->counted);
}

static void
count(struct batch *b, const char *domain)
{
	traffic_bounced(b->st->traffic, domain, b->after.at);
	buf_add(&b->counted, domain, strlen(domain) + 1);
}

void
batch_begin(struct batch *b)
{
	uncount(b);
	buf_reset(&b->lines);
	overlay_done(&b->records);
	b->events = 0;
	b->after = b->st->now;
	/* Times never fall, whatever the clock does. */
	if (b->time > b->after.at)
		b->after.at = b->time;
}

struct record *
batch_record(struct batch *b, const uint8_t *hash, struct error *err)
{
	struct record *rec, old;
	bool fresh, found;

	rec = overlay_need(&b->records, hash, &fresh);
	if (!fresh)
		return rec;
	if (!index_get(b->st, hash, &old, &found, err))
		return NULL;
	if (found)
		*rec = old;
	return rec;
}

bool
batch_event(struct batch *b, struct journal_pos pos, struct event *ev,
    struct error *err)
{
	struct span rest, line;

	if (pos.segment != b->at.segment || pos.offset < b->at.offset)
		return journal_read(b->st->journal, pos, ev, err);
	rest = buf_span(&b->lines);
	rest.p += pos.offset - b->at.offset;
	rest.len -= pos.offset - b->at.offset;
	(void)span_line(&rest, &line);
	return event_decode(line, ev, err);
}

static bool
is_about_contact(enum change_op op)
{
	return change_is_of_contact(op) || op == CHANGE_LINK ||
	       op == CHANGE_UNLINK;
}

static bool
same_report(struct batch *b, const struct record *rec, const struct change *c,
    bool *same, struct error *err)
{
	struct journal_pos pos = rec->head;

	*same = false;
	/* One import may bring several reasons of a value. */
	if (c->evidence.ref[0] == '\0' || c->if_new)
		return true;
	for (int i = 0; i < REPEAT_EVENTS_MAX && pos.segment != 0; i++) {
		struct event ev;

		if (!batch_event(b, pos, &ev, err))
			return false;
		/* What was held waits for a person, however often it comes. */
		*same = strcmp(ev.evidence.ref, c->evidence.ref) == 0 &&
			(is_about_contact(c->op) || ev.op == plan_op(c->op) ||
			    strcmp(ev.evidence.trust, GUARD_HELD) == 0);
		pos = ev.prev;
		event_done(&ev);
		if (*same)
			return true;
	}
	return true;
}

/* Must the value of this record be kept by its hash? */
static bool
is_hidden(const struct batch *b, const struct record *rec)
{
	return b->st->hides || (rec != NULL && rec->erased);
}

/* What must not be kept comes into no event. */
static void
hide(const struct batch *b, const struct record *rec, struct event *ev)
{
	struct hide *h;

	if (ev->other_kind != 0 &&
	    is_hidden(b, overlay_find(&b->records, ev->other_hash)))
		event_hide_other(ev);
	if (!is_hidden(b, rec))
		return;
	h = hide_new(&ev->value, ev->hash);
	(void)hide_text(h, ev->why);
	hide_free(h);
	event_hide(ev);
	if (!b->st->hides)
		return;
	h = hide_new_all();
	(void)hide_text(h, ev->why);
	if (ev->value.kind == KIND_CONTACT)
		(void)hide_text(h, ev->value.shown);
	hide_free(h);
}

bool
batch_append(struct batch *b, struct record *rec, struct event *ev,
    struct error *err)
{
	struct journal_pos pos = { b->at.segment,
		b->at.offset + (uint32_t)b->lines.len };

	ev->lsn = ++b->after.lsn;
	ev->batch_first = b->st->now.lsn + 1;
	ev->at = b->after.at;
	ev->dot = b->st->identity;
	ev->dot.seq = ++b->after.seq;
	ev->prev = rec->head;
	hide(b, rec, ev);
	b->last_offset = b->lines.len;
	event_encode(ev, &b->lines);
	if (b->lines.full || b->lines.max - b->lines.len < EVENT_SEAL_BYTES ||
	    b->lines.len - b->last_offset >
		LIMIT_JOURNAL_LINE_BYTES - EVENT_SEAL_BYTES) {
		error_set(err, ERROR_LIMIT,
		    "%.100s: too much for one batch "
		    "or one line of the journal",
		    ev->value.text);
		return false;
	}
	fold(rec, ev, pos);
	fold_forget(rec, &ev->dot);
	event_done(ev);
	b->events++;
	return true;
}

static bool
is_suppressed_by(const struct record *rec, enum source source, int64_t now)
{
	for (size_t i = 0; i < rec->reasons_n; i++)
		if (rec->reasons[i].source == source &&
		    !plan_is_expired(&rec->reasons[i], now))
			return true;
	return false;
}

/* Does the guard of this add hold it back? */
static bool
is_held(struct batch *b, const struct record *rec, const struct change *c)
{
	struct traffic_counts day;
	const char *at = strrchr(c->value.text, '@');

	if (c->op != CHANGE_ADD || c->guard.least == 0 ||
	    c->value.kind != KIND_EMAIL || at == NULL ||
	    is_suppressed_by(rec, c->source, b->after.at))
		return false;
	day = traffic_of(b->st->traffic, at + 1, b->after.at);
	if (day.bounced >= c->guard.least &&
	    (day.bounced + 1) * 100 > c->guard.percent * day.passed)
		return true;
	count(b, at + 1);
	return false;
}

/* Have enough unproven reports been kept today? Else this one is counted. */
static bool
is_too_many(struct batch *b, const struct change *c)
{
	if (c->op != CHANGE_REPORT || c->most_a_day == 0)
		return false;
	if (traffic_of(b->st->traffic, TRAFFIC_UNPROVEN, b->after.at).bounced >=
	    c->most_a_day)
		return true;
	count(b, TRAFFIC_UNPROVEN);
	return false;
}

bool
batch_find_contact(struct batch *b, const char *id, struct journal_pos *head,
    bool *there, struct error *err)
{
	uint8_t hash[VALUE_HASH_BYTES];
	const struct record *rec;
	struct value contact;

	change_contact(&contact, id, NULL);
	store_hash(b->st, &contact, hash);
	rec = batch_record(b, hash, err);
	if (rec == NULL)
		return false;
	*head = rec->head;
	*there = record_link(rec, LINK_NAME, NULL) != NULL;
	return true;
}

bool
batch_write(struct batch *b, const uint8_t *hash, const struct change *c,
    struct change_result *result, bool *wrote, struct error *err)
{
	struct event ev = { 0 };
	struct record *rec;
	bool ok = true, there = true;

	if (c->contact[0] != '\0' &&
	    !batch_find_contact(b, c->contact, &ev.contact_prev, &there, err))
		return false;
	if (!there && c->op == CHANGE_ADD) {
		error_set(err, ERROR_INVALID, "there is no contact '%s'",
		    c->contact);
		return false;
	}
	rec = batch_record(b, hash, err);
	if (rec == NULL)
		return false;
	memcpy(ev.hash, hash, sizeof(ev.hash));
	*wrote = plan(rec, c, b->after.at, b->time, &ev, result);
	if (*wrote && ev.cover_n == 0 && rec->reasons_n >= REASONS_MAX &&
	    c->op == CHANGE_ADD) {
		error_set(err, ERROR_LIMIT, "%.100s has %d reasons already",
		    c->value.text, REASONS_MAX);
		ok = false;
	}
	if (ok && *wrote)
		ok = batch_append(b, rec, &ev, err);
	event_done(&ev);
	return ok;
}

bool
batch_add_hashed(struct batch *b, const struct change *change,
    const uint8_t hash[VALUE_HASH_BYTES], struct change_result *result,
    struct error *err)
{
	struct change c = *change;
	struct record *rec;
	bool same, wrote;

	*result = (struct change_result){ 0 };
	if (!change_clean(&c, err))
		return false;
	rec = batch_record(b, hash, err);
	if (rec == NULL || !same_report(b, rec, &c, &same, err))
		return false;
	result->again = same;
	if (same)
		return true;
	if (is_about_contact(c.op))
		return batch_contact(b, &c, result, err);
	result->dropped = is_too_many(b, &c);
	if (result->dropped)
		return true;
	result->held = is_held(b, rec, &c);
	if (result->held) {
		c.op = CHANGE_REPORT;
		(void)span_copy(span_of(GUARD_HELD), c.evidence.trust,
		    sizeof(c.evidence.trust));
	}
	/* A removal may need several lines; each leaves less to do. */
	do {
		if (!batch_write(b, hash, &c, result, &wrote, err))
			return false;
		result->changed = result->changed || wrote;
	} while (wrote && plan_op(c.op) == EVENT_REMOVE);
	return true;
}

bool
batch_add(struct batch *b, const struct change *changes, size_t n,
    struct change_result *results, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t hash[VALUE_HASH_BYTES];

		store_hash(b->st, &changes[i].value, hash);
		if (!batch_add_hashed(b, &changes[i], hash, &results[i], err))
			return false;
	}
	return true;
}

void
batch_end(struct batch *b)
{
	struct span tail;

	if (b->events == 0)
		return;
	event_seal_batch(&b->lines, b->last_offset);
	b->after.pos = (struct journal_pos){ b->at.segment,
		b->at.offset + (uint32_t)b->lines.len };
	/* ...,"crc":"e3069283"}LF */
	tail = buf_span(&b->lines);
	b->after.crc = (uint32_t)strtoul(tail.p + tail.len - 11, NULL, 16);
}
