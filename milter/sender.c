#include "milter/sender.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "policy/return_path.h"

/* What Postfix sends its notices of bounces with, that which can't bounce: it
 * knows them by that. */
#define DOUBLE_BOUNCE "double-bounce@"

/* The only recipient; NULL: there are several, or none that leaves us. */
static const char *
only(const struct stamp *stamp)
{
	return stamp->all == 1 && stamp->n == 1 ? stamp->addresses[0] : NULL;
}

/* Each sender would be told of with each mail. */
static void
tell_unfit(const struct envelope *env, const struct conf_stream *stream)
{
	static atomic_flag told = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&told))
		log_warning("%s: sender=<%s> stream=%s: there is no room for "
			    "it in return_path, or not every mail system would "
			    "take it there: it is not changed; further ones "
			    "are not told of",
		    envelope_id(env), env->sender, stream->name);
}

static bool
make_path(const struct envelope *env, const struct conf_stream *stream,
    const struct stamp *stamp, const struct addr *sender,
    char out[LIMIT_VALUE_TEXT])
{
	struct error ignored;
	enum token_fault fault;
	struct token already;
	struct addr base;

	/* A message may pass us twice, behind a content filter. */
	if (return_path_read(env->keys, sender, &already, &fault) ||
	    !addr_parse(span_of(stream->return_path), &base, &ignored))
		return false;
	if (return_path_make(keys_signer(env->keys), clock_now(), &base, sender,
		only(stamp), env->verp ? stamp->longest + 1 : 0, out))
		return true;
	tell_unfit(env, stream);
	return false;
}

/*
 * A client's own id is its own. And of mail from sendmail(1), which can have
 * one, Postfix shows none, so it has to be left alone.
 */
static bool
make_envid(const struct envelope *env, const struct conf_stream *stream,
    const struct stamp *stamp, char *out, size_t size)
{
	char token[TOKEN_SHORT_TEXT];

	if (!stream->envid || env->envid || env->internal ||
	    only(stamp) == NULL)
		return false;
	token_short(keys_signer(env->keys), clock_now(), stream->name,
	    only(stamp), token);
	snprintf(out, size, "ENVID=%s", token);
	return true;
}

void
sender_change(struct sender *s, const struct envelope *env,
    const struct conf_stream *stream, const struct stamp *stamp,
    struct session_edits *edits)
{
	char path[LIMIT_VALUE_TEXT];
	struct error ignored;
	struct addr sender;

	if (stamp->n == 0 || env->sender[0] == '\0' ||
	    keys_signer(env->keys) == NULL ||
	    span_starts_nocase(span_of(env->sender), DOUBLE_BOUNCE) ||
	    !addr_parse(span_of(env->sender), &sender, &ignored))
		return;
	if (stream->return_path[0] != '\0' &&
	    make_path(env, stream, stamp, &sender, path)) {
		snprintf(s->path, sizeof(s->path), "<%s>", path);
		edits->sender = s->path;
	}
	if (!make_envid(env, stream, stamp, s->envid, sizeof(s->envid)))
		return;
	/* An id is only given together with a sender. */
	if (edits->sender == NULL)
		snprintf(s->path, sizeof(s->path), "<%s>", env->sender);
	edits->sender = s->path;
	edits->sender_args = s->envid;
}

void
returns_add(struct returns *r, const struct envelope *env, const char *argument)
{
	char to[LIMIT_VALUE_TEXT + 2];
	struct error ignored;
	enum token_fault fault;
	struct token t;
	struct addr a;

	if (!addr_parse(span_of(argument), &a, &ignored) ||
	    !return_path_read(env->keys, &a, &t, &fault))
		return;
	snprintf(to, sizeof(to), "<%s>", t.addr.shown);
	r->list = mem_resize(r->list, r->n + 1, sizeof(*r->list));
	r->list[r->n++] = (struct session_move){ .from = mem_dup_text(argument),
		.to = mem_dup_text(to) };
}

void
returns_done(struct returns *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->list[i].from);
		free(r->list[i].to);
	}
	free(r->list);
	*r = (struct returns){ 0 };
}
