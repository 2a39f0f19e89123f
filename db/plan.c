#include "db/plan.h"

#include <string.h>

/* What one line of the journal has room for, whatever its texts are. */
#define COVERS_MAX 80

enum event_op
plan_op(enum change_op op)
{
	switch (op) {
	case CHANGE_ADD:
		return EVENT_ADD;
	case CHANGE_REMOVE:
	case CHANGE_EXPIRE:
		return EVENT_REMOVE;
	default:
		return EVENT_REPORT;
	}
}

bool
plan_is_expired(const struct reason *r, int64_t now)
{
	return r->expires != 0 && r->expires <= now;
}

/* The index has 32 bits for times: past 2106 is never. */
static int64_t
expires_of(const struct change *c)
{
	return c->expires > UINT32_MAX ? 0 : c->expires;
}

/* Would the add change nothing but its count? */
static bool
stands(const struct record *rec, const struct change *c, int64_t at)
{
	uint64_t stream = name_hash(c->stream);

	for (size_t i = 0; i < rec->reasons_n; i++) {
		const struct reason *r = &rec->reasons[i];

		if (r->source == c->source && r->stream == stream &&
		    r->contact == 0 && !plan_is_expired(r, at) &&
		    (r->expires == 0 ||
			(expires_of(c) != 0 && r->expires >= c->expires)))
			return true;
	}
	return false;
}

/* A reason that comes again carries the old one on; never weaker. */
static void
plan_add(const struct record *rec, const struct change *c, int64_t at,
    struct event *ev)
{
	uint64_t stream = name_hash(c->stream);
	uint64_t contact = name_hash(c->contact);

	ev->source = c->source;
	ev->expires = expires_of(c);
	ev->count = c->count > 0 ? c->count : 1;
	if (c->since > 0 && c->since < at)
		ev->since = c->since;
	for (size_t i = 0; i < rec->reasons_n; i++) {
		const struct reason *r = &rec->reasons[i];

		if (r->source != c->source || r->stream != stream ||
		    r->contact != contact || ev->cover_n == COVERS_MAX)
			continue;
		event_cover(ev, &r->dot);
		if (plan_is_expired(r, at))
			continue;
		ev->count += r->count;
		if (r->since < ev->since)
			ev->since = r->since;
		if (r->expires == 0 || ev->expires == 0)
			ev->expires = 0;
		else if (r->expires > ev->expires)
			ev->expires = r->expires;
	}
}

static bool
is_named(const struct reason *r, const struct change *c)
{
	return (c->source == 0 || r->source == c->source) &&
	       (c->stream[0] == '\0' || r->stream == name_hash(c->stream)) &&
	       (c->contact[0] == '\0' || r->contact == name_hash(c->contact)) &&
	       (c->began == 0 || r->since == c->began);
}

static void
plan_remove(const struct record *rec, const struct change *c, int64_t at,
    struct event *ev, struct change_result *result)
{
	for (size_t i = 0; i < rec->reasons_n; i++) {
		const struct reason *r = &rec->reasons[i];

		if (!is_named(r, c))
			continue;
		if (source_is_wish(r->source) && !c->force) {
			result->kept = result->kept || !plan_is_expired(r, at);
			continue;
		}
		/* Who is not to be contacted stays so at each of his
		 * addresses, until somebody says that of the contact. */
		if (r->contact != 0 && c->contact[0] == '\0' && !c->force) {
			result->contact =
			    result->contact || !plan_is_expired(r, at);
			continue;
		}
		if (ev->cover_n == COVERS_MAX)
			return;
		event_cover(ev, &r->dot);
		result->lifted++;
	}
}

static void
plan_expire(const struct record *rec, int64_t clock, struct event *ev,
    struct change_result *result)
{
	(void)span_copy(span_of(REPORT_EXPIRY), ev->evidence.report,
	    sizeof(ev->evidence.report));
	for (size_t i = 0; i < rec->reasons_n && ev->cover_n < COVERS_MAX;
	     i++) {
		if (!plan_is_expired(&rec->reasons[i], clock))
			continue;
		event_cover(ev, &rec->reasons[i].dot);
		result->lifted++;
	}
}

bool
plan(const struct record *rec, const struct change *c, int64_t at,
    int64_t clock, struct event *ev, struct change_result *result)
{
	ev->value = c->value;
	memcpy(ev->by, c->by, sizeof(ev->by));
	memcpy(ev->why, c->why, sizeof(ev->why));
	memcpy(ev->stream, c->stream, sizeof(ev->stream));
	memcpy(ev->contact, c->contact, sizeof(ev->contact));
	ev->evidence = c->evidence;
	ev->op = plan_op(c->op);
	ev->since = at;
	switch (c->op) {
	case CHANGE_ADD:
		if (c->if_new && stands(rec, c, at))
			return false;
		plan_add(rec, c, at, ev);
		return true;
	case CHANGE_REMOVE:
		plan_remove(rec, c, at, ev, result);
		return ev->cover_n > 0;
	case CHANGE_EXPIRE:
		plan_expire(rec, clock, ev, result);
		return ev->cover_n > 0;
	case CHANGE_REPORT:
		ev->source = c->source;
		/* Of what is held, for who accepts it later. */
		ev->expires = expires_of(c);
		return true;
	default: /* of contacts: batch_contact.c */
		return false;
	}
}
