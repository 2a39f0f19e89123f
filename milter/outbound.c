#include "milter/outbound.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "milter/metrics.h"
#include "policy/engine.h"
#include "policy/stream.h"

/* Outbound is what comes from our own people and programs. */
static bool
is_outbound(const struct envelope *env)
{
	return !env->own_bounce &&
	       (env->sender[0] != '\0' || env->conf->filter_null_sender) &&
	       envelope_is_inside(env);
}

static const struct conf_stream *
pick(const struct envelope *env, const struct conf_texts *headers)
{
	const struct sender_facts facts = { .login = env->login,
		.daemon = env->daemon,
		.sender = env->sender,
		.client = env->client,
		.headers = headers };

	return stream_pick(env->conf, &facts);
}

void
outbound_begin(struct outbound *o, const struct envelope *env)
{
	o->filtered = is_outbound(env);
	if (o->filtered)
		o->stream = pick(env, NULL);
}

/* Without a mailer's name (sendmail(1)) the domain has to tell. */
static bool
leaves(const struct conf *c, const struct addr *a, const char *mailer)
{
	if (mailer != NULL && conf_has_text(&c->local_mailers, mailer))
		return false;
	return !conf_has_text(&c->own_domains, a->domain);
}

/* For the history, see db/refusals.h: without a text that was erased. */
static void
remember(const struct envelope *env, const struct conf_stream *stream,
    const struct late *l, const char *action, const char *contact)
{
	struct refusal r = { .at = clock_now(),
		.source = l->source,
		.since = l->since };
	const struct {
		const char *from;
		char *to;
		size_t size;
	} texts[] = {
		{ action, r.action, sizeof(r.action) },
		{ l->address, r.recipient, sizeof(r.recipient) },
		{ l->value, r.value, sizeof(r.value) },
		{ stream->name, r.stream, sizeof(r.stream) },
		{ env->sender, r.sender, sizeof(r.sender) },
		{ env->login, r.login, sizeof(r.login) },
		{ env->queue_id, r.queue_id, sizeof(r.queue_id) },
		{ contact, r.contact, sizeof(r.contact) },
	};

	if (env->shared->refusals == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		(void)span_copy(span_of(texts[i].from), texts[i].to,
		    texts[i].size);
	if (env->client.family != 0)
		ip_format(&env->client, r.client);
	refusals_add(env->shared->refusals, &r);
}

/* One line for each verdict other than pass; action: what was done. */
static void
tell(const struct envelope *env, const struct conf_stream *stream,
    const struct late *l, const char *action)
{
	struct span who = span_unwrap(span_of(l->argument));
	char since[CLOCK_TEXT], contact[LIMIT_CONTACT_TEXT];

	/* A source route may be longer than the line. */
	if (who.len > LIMIT_VALUE_TEXT)
		who.len = LIMIT_VALUE_TEXT;
	clock_format(l->since, since);
	engine_contact(env->shared->store, l->block, contact);
	log_info("%s: recipient=<%.*s> verdict=%s stream=%s source=%s since=%s "
		 "value=%s action=%s sender=<%s>%s%s%s%s",
	    envelope_id(env), (int)who.len, who.p,
	    names_text(verdict_names, (int)l->action), stream->name,
	    names_text(source_names, (int)l->source), since, l->value, action,
	    env->sender, env->login[0] != '\0' ? " login=" : "", env->login,
	    contact[0] != '\0' ? " contact=" : "", contact);
	remember(env, stream, l, action, contact);
}

/*
 * VERDICT_UNKNOWN is settled here: on_error = accept makes it a pass, and
 * the log says so.
 */
static void
look_up(const struct envelope *env, const struct conf_stream *stream,
    const struct addr *a, struct verdict *v)
{
	struct error err = { 0 };
	bool accept = env->conf->on_error == ON_ERROR_ACCEPT;
	int64_t now = clock_now(), began = clock_monotonic_ns();

	engine_check(env->conf, env->shared->store, stream, a, now, v, &err);
	metrics_lookup(clock_monotonic_ns() - began);
	metrics_verdict(stream->name, v->action);
	if (v->action == VERDICT_PASS || v->action == VERDICT_OBSERVE)
		store_passed(env->shared->store, a->domain, now);
	if (v->action != VERDICT_UNKNOWN)
		return;
	metrics_on_error(accept);
	log_error("%s: recipient=<%s> verdict=unknown stream=%s action=%s: %s",
	    envelope_id(env), a->text, stream->name,
	    accept ? "accept" : "defer", err.text);
	if (accept)
		v->action = VERDICT_PASS;
}

static bool
refuses(enum verdict_action action)
{
	return action == VERDICT_REJECT || action == VERDICT_DEFER;
}

static bool
takes_away(enum verdict_action action)
{
	return action == VERDICT_REMOVE || refuses(action);
}

static struct late *
add_late(struct outbound *o, const char *argument, const struct addr *a)
{
	struct late *l;

	o->late = mem_resize(o->late, o->late_n + 1, sizeof(*o->late));
	l = &o->late[o->late_n++];
	*l = (struct late){ .argument = mem_dup_text(argument),
		.address = mem_dup_text(a->text) };
	return l;
}

static void
set_verdict(struct outbound *o, struct late *l, const struct verdict *v)
{
	l->value = mem_dup_text(v->value);
	l->action = v->action;
	l->source = v->source;
	l->since = v->since;
	l->block = v->block;
	if (takes_away(v->action) && o->gone++ == 0)
		o->first = *v;
}

static struct session_reply
reply_of(const struct verdict *v)
{
	struct session_reply r = { .answer = v->code >= 500 ? SESSION_REJECT
							    : SESSION_TEMPFAIL,
		.code = v->code };

	(void)span_copy(span_of(v->status), r.status, sizeof(r.status));
	(void)span_copy(span_of(v->text), r.text, sizeof(r.text));
	return r;
}

static struct session_reply
cannot_tell(void)
{
	return envelope_later("the suppression list cannot be read now");
}

static struct session_reply
refuse(struct outbound *o, const struct envelope *env, const char *argument,
    const struct addr *a, const struct verdict *v)
{
	const struct late now = { .argument = (char *)(uintptr_t)argument,
		.address = (char *)(uintptr_t)a->text,
		.value = (char *)(uintptr_t)v->value,
		.action = v->action,
		.source = v->source,
		.since = v->since,
		.block = v->block };

	o->accepted--;
	tell(env, o->stream, &now, names_text(verdict_names, (int)v->action));
	return reply_of(v);
}

struct session_reply
outbound_rcpt(struct outbound *o, const struct envelope *env,
    const char *argument, const struct addr *a, const char *mailer)
{
	const struct session_reply go_on = { .answer = SESSION_CONTINUE };
	struct verdict v;

	o->accepted++;
	if (!o->filtered || a == NULL || !leaves(env->conf, a, mailer))
		return go_on;
	if (o->stream == NULL) {
		add_late(o, argument, a);
		return go_on;
	}
	look_up(env, o->stream, a, &v);
	if (v.action == VERDICT_PASS) {
		if (stamp_is_wanted(env, o->stream))
			stamp_add(&o->stamp, env, a->text);
		return go_on;
	}
	if (v.action == VERDICT_UNKNOWN && env->internal) {
		o->cannot_tell = true;
		return go_on;
	}
	if (v.action == VERDICT_UNKNOWN) {
		o->accepted--;
		return cannot_tell();
	}
	if (refuses(v.action) && !env->internal)
		return refuse(o, env, argument, a, &v);
	set_verdict(o, add_late(o, argument, a), &v);
	return go_on;
}

/* Appends "Name: value", folding undone, to the headers kept for streams. */
void
outbound_header(struct outbound *o, const char *name, const char *value)
{
	struct conf_texts *h = &o->headers;
	struct buf line;

	stamp_see(&o->stamp, name);
	if (!o->filtered || o->stream != NULL ||
	    o->header_bytes >= LIMIT_MESSAGE_HEADER_BYTES)
		return;
	buf_init(&line, LIMIT_FIELD_BYTES);
	buf_addf(&line, "%s: ", name);
	while (*value == ' ' || *value == '\t')
		value++;
	for (; *value != '\0'; value++)
		if (*value != '\r' && *value != '\n')
			buf_add_char(&line, *value);
	h->list = mem_resize(h->list, h->n + 1, sizeof(*h->list));
	h->list[h->n++] = mem_dup(buf_text(&line), line.len);
	o->header_bytes += line.len;
	buf_done(&line);
}

/* The stream is known now: the verdict of one who waited for it. */
static void
judge(struct outbound *o, const struct envelope *env, struct late *l)
{
	struct verdict v = { .action = VERDICT_UNKNOWN };
	struct error err;
	struct addr a;

	/* It was canonical already; if not so, then never a silent pass. */
	if (addr_parse(span_of(l->address), &a, &err))
		look_up(env, o->stream, &a, &v);
	if (v.action == VERDICT_UNKNOWN) {
		o->cannot_tell = true;
	} else if (v.action != VERDICT_PASS) {
		set_verdict(o, l, &v);
	}
}

void
outbound_eoh(struct outbound *o, const struct envelope *env)
{
	if (!o->filtered || o->stream != NULL)
		return;
	o->stream = pick(env, &o->headers);
	for (size_t i = 0; i < o->late_n; i++)
		judge(o, env, &o->late[i]);
}

static void
remove_as(struct outbound *o, char *argument)
{
	o->remove = mem_resize(o->remove, o->remove_n + 1, sizeof(*o->remove));
	o->remove[o->remove_n++] = argument;
}

/*
 * Postfix compares byte for byte with what came, but has dropped a source
 * route ("<@a,@b:joe@example.com>"); Sendmail has kept it.
 */
static void
remove_recipient(struct outbound *o, const char *argument)
{
	const char *begin = argument + (argument[0] == '<');
	const char *colon = begin[0] == '@' ? strchr(begin, ':') : NULL;
	struct buf stripped;

	remove_as(o, mem_dup_text(argument));
	if (colon == NULL)
		return;
	buf_init(&stripped, LIMIT_FIELD_BYTES);
	buf_addf(&stripped, "%s%s", begin > argument ? "<" : "", colon + 1);
	remove_as(o, mem_dup(buf_text(&stripped), stripped.len));
	buf_done(&stripped);
}

/* Carries out one late verdict; done: what the log says of it, or NULL. */
static void
carry_out(struct outbound *o, const struct envelope *env, const struct late *l,
    const char *done, struct session_edits *edits)
{
	const char *action = names_text(verdict_names, (int)l->action);

	if (takes_away(l->action) && done == NULL) {
		remove_recipient(o, l->argument);
		action = "remove";
	} else if (takes_away(l->action)) {
		action = done;
	} else if (l->action == VERDICT_HOLD) {
		edits->quarantine = "a recipient is suppressed " DECIDE_MARK;
	}
	tell(env, o->stream, l, action);
}

/* Tokens for those who get the message. */
static void
put_tokens(struct outbound *o, const struct envelope *env,
    struct session_edits *edits)
{
	bool wanted = stamp_is_wanted(env, o->stream);

	for (size_t i = 0; wanted && i < o->late_n; i++)
		if (!takes_away(o->late[i].action))
			stamp_add(&o->stamp, env, o->late[i].address);
	stamp_headers(&o->stamp, env, o->stream, o->accepted - o->gone == 1,
	    edits);
	sender_change(&o->sender, env, o->stream, &o->stamp, edits);
}

struct session_reply
outbound_eom(struct outbound *o, const struct envelope *env,
    struct session_edits *edits)
{
	struct session_reply reply = { .answer = SESSION_CONTINUE };
	bool nobody_left = o->gone > 0 && o->gone == o->accepted;
	const char *done = NULL;

	if (o->cannot_tell)
		return cannot_tell();
	if (nobody_left && refuses(o->first.action) && !env->internal) {
		reply = reply_of(&o->first);
		done = names_text(verdict_names, (int)o->first.action);
	} else if (nobody_left) {
		reply.answer = SESSION_DISCARD;
		done = "remove";
	}
	for (size_t i = 0; i < o->late_n; i++)
		if (o->late[i].action != VERDICT_PASS)
			carry_out(o, env, &o->late[i], done, edits);
	edits->remove = o->remove;
	edits->remove_n = o->remove_n;
	if (reply.answer == SESSION_CONTINUE)
		put_tokens(o, env, edits);
	return reply;
}

void
outbound_done(struct outbound *o)
{
	for (size_t i = 0; i < o->late_n; i++) {
		free(o->late[i].argument);
		free(o->late[i].value);
		free(o->late[i].address);
	}
	free(o->late);
	for (size_t i = 0; i < o->headers.n; i++)
		free(o->headers.list[i]);
	free(o->headers.list);
	for (size_t i = 0; i < o->remove_n; i++)
		free(o->remove[i]);
	free(o->remove);
	stamp_done(&o->stamp);
	*o = (struct outbound){ 0 };
}
