#include "milter/stamp.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "policy/offer.h"
#include "policy/token.h"

bool
stamp_is_wanted(const struct envelope *env, const struct conf_stream *stream)
{
	return keys_signer(env->keys) != NULL &&
	       (stream != NULL ? conf_stream_makes_tokens(stream)
			       : env->conf->streams_want_token);
}

void
stamp_add(struct stamp *s, const struct envelope *env, const char *address)
{
	/* No stream's name is shorter than none. */
	size_t room = token_room((size_t)env->conf->token_max_bytes, "");

	s->all++;
	if (strlen(address) > s->longest)
		s->longest = strlen(address);
	if (s->n == room)
		return;
	s->addresses =
	    mem_resize(s->addresses, s->n + 1, sizeof(*s->addresses));
	s->addresses[s->n++] = mem_dup_text(address);
}

void
stamp_see(struct stamp *s, const char *name)
{
	struct span n = span_of(name);

	if (span_is_nocase(n, OFFER_UNSUBSCRIBE) ||
	    span_is_nocase(n, OFFER_POST))
		s->own_unsubscribe = true;
	if (span_is_nocase(n, OFFER_CFBL) ||
	    span_is_nocase(n, OFFER_FEEDBACK_ID))
		s->own_cfbl = true;
}

static void
add(struct session_edits *edits, const char *name, const char *value)
{
	edits->headers[edits->headers_n++] =
	    (struct session_header){ name, value };
}

/* Whoever sends the message may have said it already: that stays. */
static void
offer(struct stamp *s, const struct conf_stream *stream, const struct key *key,
    int64_t now, bool alone, struct session_edits *edits)
{
	bool one_click;

	if (stream->cfbl[0] != '\0' && !s->own_cfbl) {
		buf_init(&s->cfbl, LIMIT_FIELD_BYTES);
		offer_cfbl(stream, &s->cfbl);
		add(edits, OFFER_CFBL, buf_text(&s->cfbl));
		add(edits, OFFER_FEEDBACK_ID, buf_text(&s->token));
	}
	if (!alone || s->all != 1 || s->own_unsubscribe)
		return;
	buf_init(&s->unsubscribe, LIMIT_FIELD_BYTES);
	if (!offer_unsubscribe(stream, key, now, s->addresses[0],
		&s->unsubscribe, &one_click))
		return;
	add(edits, OFFER_UNSUBSCRIBE, buf_text(&s->unsubscribe));
	if (one_click)
		add(edits, OFFER_POST, OFFER_ONE_CLICK);
}

void
stamp_headers(struct stamp *s, const struct envelope *env,
    const struct conf_stream *stream, bool alone, struct session_edits *edits)
{
	const struct key *key = keys_signer(env->keys);
	int64_t now = clock_now();

	if (s->n == 0 || !stamp_is_wanted(env, stream) ||
	    (!stream->token && !conf_stream_offers(stream)))
		return;
	buf_init(&s->token, LIMIT_TOKEN_BYTES);
	token_header(key, now, stream->name, s->addresses, s->n, s->all,
	    (size_t)env->conf->token_max_bytes, &s->token);
	if (stream->token)
		add(edits, TOKEN_HEADER, buf_text(&s->token));
	offer(s, stream, key, now, alone, edits);
}

void
stamp_done(struct stamp *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->addresses[i]);
	free(s->addresses);
	buf_done(&s->token);
	buf_done(&s->unsubscribe);
	buf_done(&s->cfbl);
	*s = (struct stamp){ 0 };
}
