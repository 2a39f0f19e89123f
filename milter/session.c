#include "milter/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "milter/inbound.h"
#include "milter/outbound.h"
#include "policy/decide.h"

struct session {
	struct envelope env;
	struct outbound out;
	struct inbound in;
};

const char *
envelope_id(const struct envelope *env)
{
	return env->queue_id[0] != '\0' ? env->queue_id : "NOQUEUE";
}

bool
envelope_is_inside(const struct envelope *env)
{
	const struct conf *c = env->conf;

	return env->internal ||
	       conf_matches(&c->outbound_daemons, env->daemon) ||
	       (c->outbound_authenticated && env->login[0] != '\0') ||
	       conf_networks(&c->outbound_networks, &env->client);
}

struct session_reply
envelope_later(const char *text)
{
	struct session_reply r = { .answer = SESSION_TEMPFAIL,
		.code = 451,
		.status = "4.3.0" };

	snprintf(r.text, sizeof(r.text), "%s " DECIDE_MARK, text);
	return r;
}

/* Texts from the mailer may be absent; too long ones are cut. */
static void
keep(const char *text, char *out, size_t size)
{
	(void)span_copy(span_of(text != NULL ? text : ""), out, size);
}

static void
message_done(struct session *s)
{
	outbound_done(&s->out);
	inbound_done(&s->in);
	s->env.login[0] = s->env.sender[0] = s->env.queue_id[0] = '\0';
	s->env.envid = s->env.verp = false;
}

struct session *
session_new(const struct shared *shared)
{
	struct session *s = mem_new(1, sizeof(*s));

	s->env.shared = shared;
	shared->current(&s->env.conf, &s->env.keys);
	return s;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	message_done(s);
	keys_unref(s->env.keys);
	conf_unref(s->env.conf);
	free(s);
}

bool
session_wants_content(const struct session *s)
{
	const struct conf *c = s->env.conf;

	return c->streams_need_headers ||
	       (c->streams_offer && session_wants_token(s)) ||
	       c->bounce_daemons.n + c->bounces.n + c->complaints.n +
		       c->unsubscribe.n >
		   0;
}

bool
session_wants_token(const struct session *s)
{
	return s->env.conf->streams_want_token &&
	       keys_signer(s->env.keys) != NULL;
}

bool
session_wants_sender(const struct session *s)
{
	return s->env.conf->streams_want_sender &&
	       keys_signer(s->env.keys) != NULL;
}

bool
session_wants_moves(const struct session *s)
{
	return s->env.conf->bounces.n > 0 && keys_at(s->env.keys, 0) != NULL;
}

void
session_connect(struct session *s, const struct ip *ip, bool has_port,
    const char *daemon)
{
	struct envelope *env = &s->env;

	env->client = *ip;
	keep(daemon, env->daemon, sizeof(env->daemon));
	env->own_bounce =
	    conf_has_text(&env->conf->bounce_daemons, env->daemon);
	/* XCLIENT and proxies may hide a client's port, not its address. */
	env->internal = env->own_bounce || (!has_port && ip_is_loopback(ip)) ||
			conf_has_text(&env->conf->local_daemons, env->daemon);
}

void
session_helo(struct session *s, const char *name)
{
	keep(name, s->env.helo, sizeof(s->env.helo));
}

/* "<joe@example.com>" and "joe@example.com" (sendmail(1)) are the same. */
static void
keep_sender(struct envelope *env, const char *argument)
{
	(void)span_copy(span_unwrap(span_trim(span_of(argument))), env->sender,
	    sizeof(env->sender));
}

void
session_mail(struct session *s, const char *argument, const char *login,
    const char *queue_id)
{
	message_done(s);
	keep_sender(&s->env, argument);
	keep(login, s->env.login, sizeof(s->env.login));
	keep(queue_id, s->env.queue_id, sizeof(s->env.queue_id));
	outbound_begin(&s->out, &s->env);
	inbound_begin(&s->in, &s->env);
}

void
session_mail_parameter(struct session *s, const char *text)
{
	struct span value = span_of(text), name;

	if (!span_cut(&value, '=', &name))
		return;
	if (span_is_nocase(name, "ENVID"))
		s->env.envid = true;
	if (span_is_nocase(name, "XVERP"))
		s->env.verp = true;
}

/*
 * The macro is the address as the mailer understands it: without a source
 * route, "%" and "!" paths, needless quotes or a dot at the end.
 */
static bool
parse(const char *argument, const char *rcpt_addr, struct addr *a)
{
	struct error err;

	return (rcpt_addr != NULL && addr_parse(span_of(rcpt_addr), a, &err)) ||
	       addr_parse(span_of(argument), a, &err);
}

struct session_reply
session_rcpt(struct session *s, const char *argument, const char *rcpt_addr,
    const char *mailer, const char *queue_id)
{
	struct addr parsed;
	const struct addr *a =
	    parse(argument, rcpt_addr, &parsed) ? &parsed : NULL;

	if (queue_id != NULL)
		keep(queue_id, s->env.queue_id, sizeof(s->env.queue_id));
	inbound_rcpt(&s->in, &s->env, argument, a);
	return outbound_rcpt(&s->out, &s->env, argument, a, mailer);
}

void
session_header(struct session *s, const char *name, const char *value)
{
	outbound_header(&s->out, name, value);
	inbound_header(&s->in, name, value);
}

void
session_eoh(struct session *s)
{
	outbound_eoh(&s->out, &s->env);
	inbound_eoh(&s->in);
}

struct session_reply
session_body(struct session *s, struct span chunk)
{
	return (struct session_reply){ .answer = inbound_body(&s->in, chunk)
						     ? SESSION_CONTINUE
						     : SESSION_SKIP };
}

struct session_reply
session_eom(struct session *s, const char *queue_id,
    struct session_edits *edits)
{
	struct session_reply reply;

	*edits = (struct session_edits){ 0 };
	if (queue_id != NULL)
		keep(queue_id, s->env.queue_id, sizeof(s->env.queue_id));
	/* Without an end of the headers (none does that) the streams would
	 * still wait for it. */
	outbound_eoh(&s->out, &s->env);
	/* First what may turn the message away: then it comes again. */
	reply = outbound_eom(&s->out, &s->env, edits);
	if (reply.answer == SESSION_CONTINUE)
		reply = inbound_eom(&s->in, &s->env);
	edits->moves = s->in.returns.list;
	edits->moves_n = s->in.returns.n;
	return reply;
}

void
session_abort(struct session *s)
{
	message_done(s);
}
