#include "policy/decide.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

_Static_assert(SOURCE_ABUSE == CONF_SOURCES - 1, "sources of db and conf");

const struct name verdict_names[] = {
	{ VERDICT_PASS, "pass" },
	{ VERDICT_REJECT, "reject" },
	{ VERDICT_REMOVE, "remove" },
	{ VERDICT_HOLD, "hold" },
	{ VERDICT_DEFER, "defer" },
	{ VERDICT_OBSERVE, "observe" },
	{ VERDICT_UNKNOWN, "unknown" },
	{ 0, NULL },
};

static const enum verdict_action verdict_of[] = {
	[ACTION_REJECT] = VERDICT_REJECT,
	[ACTION_REMOVE] = VERDICT_REMOVE,
	[ACTION_HOLD] = VERDICT_HOLD,
	[ACTION_DEFER] = VERDICT_DEFER,
	[ACTION_OBSERVE] = VERDICT_OBSERVE,
};

/* What speaks first: a person's own wish, then the others. */
static int
strength(enum source source)
{
	static const int by_source[] = {
		[SOURCE_BOUNCED] = 1,
		[SOURCE_API] = 2,
		[SOURCE_USER] = 3,
		[SOURCE_LEAD] = 4,
		[SOURCE_ABUSE] = 5,
	};

	return by_source[source];
}

static bool
blocks(const struct conf_stream *stream, const struct reason *r)
{
	return (stream->blocks >> r->source & 1) != 0 &&
	       (r->stream == 0 || r->stream == name_hash(stream->name));
}

static bool
stronger(const struct reason *a, const struct reason *b)
{
	if (b == NULL || strength(a->source) != strength(b->source))
		return b == NULL || strength(a->source) > strength(b->source);
	return a->since < b->since;
}

/* "deferred" is the same refusal with the 4 of "try again". */
static void
reply(const struct conf_reply *conf, struct verdict *v)
{
	v->code = conf->code;
	(void)span_copy(span_of(conf->status), v->status, sizeof(v->status));
	if (v->action == VERDICT_DEFER && v->code >= 500) {
		v->code = 450;
		v->status[0] = '4';
	}
	snprintf(v->text, sizeof(v->text), "%.300s %s", conf->text,
	    DECIDE_MARK);
}

bool
decide(const struct conf *conf, const struct conf_stream *stream,
    const struct value *key, const struct record *rec, int64_t now,
    struct verdict *out)
{
	/* All of them: who has left hundreds of lists has left this one. */
	const struct reason **live = mem_new(rec->reasons_n, sizeof(*live));
	size_t n = record_live(rec, now, live, rec->reasons_n);
	const struct reason *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (blocks(stream, live[i]) && stronger(live[i], best))
			best = live[i];
	free(live);
	if (best == NULL)
		return false;
	*out = (struct verdict){ .action = verdict_of[stream->action],
		.stream = stream,
		.source = best->source,
		.since = best->since };
	if (best->contact != 0)
		out->block = best->last;
	(void)span_copy(span_of(key->text), out->value, sizeof(out->value));
	reply(&conf->replies[best->source], out);
	return true;
}
