#include "milter/stamp.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "policy/token.h"

bool
stamp_is_wanted(const struct envelope *env, const struct conf_stream *stream)
{
	return keys_signer(env->keys) != NULL &&
	       (stream != NULL ? stream->token : env->conf->streams_want_token);
}

void
stamp_add(struct stamp *s, const struct envelope *env, const char *address)
{
	/* No stream's name is shorter than none. */
	size_t room = token_room((size_t)env->conf->token_max_bytes, "");

	s->all++;
	if (s->n == room)
		return;
	s->addresses =
	    mem_resize(s->addresses, s->n + 1, sizeof(*s->addresses));
	s->addresses[s->n++] = mem_dup_text(address);
}

const char *
stamp_header(struct stamp *s, const struct envelope *env,
    const struct conf_stream *stream)
{
	if (s->n == 0 || !stamp_is_wanted(env, stream))
		return NULL;
	buf_init(&s->header, LIMIT_TOKEN_BYTES);
	token_header(keys_signer(env->keys), clock_now(), stream->name,
	    s->addresses, s->n, s->all, (size_t)env->conf->token_max_bytes,
	    &s->header);
	return buf_text(&s->header);
}

void
stamp_done(struct stamp *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->addresses[i]);
	free(s->addresses);
	buf_done(&s->header);
	*s = (struct stamp){ 0 };
}
