#include "policy/queued.h"

static bool
may_be_of(const struct conf_stream *s, const char *sender)
{
	return s->sender.n == 0 ||
	       (sender[0] != '\0' && conf_matches(&s->sender, sender));
}

/* What its sender does not rule out it surely is: none behind it counts. */
static bool
takes_all(const struct conf_stream *s)
{
	return s->login.n + s->client.n + s->daemon.n + s->header.n == 0;
}

/* A stream that only observes lets all of its mail go. */
static bool
is_blocked(const struct verdict *v)
{
	return v->action != VERDICT_PASS && v->action != VERDICT_OBSERVE;
}

enum queued
queued_check(const struct conf *conf, struct store *store, const char *sender,
    const struct conf_stream *stream, const struct addr *recipient, int64_t now,
    struct verdict *out, struct error *err)
{
	bool goes = false, blocked = false, last = false;

	if (conf_has_text(&conf->own_domains, recipient->domain) ||
	    (sender[0] == '\0' && !conf->filter_null_sender))
		return QUEUED_GOES;
	for (size_t i = 0; i < conf->streams_n && !last; i++) {
		const struct conf_stream *s = &conf->streams[i];
		struct verdict v;

		if (stream != NULL ? s != stream : !may_be_of(s, sender))
			continue;
		last = takes_all(s);
		engine_check(conf, store, s, recipient, now, &v, err);
		if (v.action == VERDICT_UNKNOWN)
			return QUEUED_UNKNOWN;
		if (is_blocked(&v) && !blocked)
			*out = v;
		blocked = blocked || is_blocked(&v);
		goes = goes || !is_blocked(&v);
	}
	if (blocked)
		return goes ? QUEUED_DEPENDS : QUEUED_BLOCKED;
	return QUEUED_GOES;
}
