#include "policy/optout.h"

#include <string.h>

#include "message/unsubscribe.h"
#include "policy/carried.h"
#include "policy/token.h"

/* Words of a subject that are looked at. */
#define WORDS_MAX 16

static void
name_stream(const struct conf *conf, const struct token *t, struct optout *out)
{
	const struct conf_stream *s = NULL;

	for (size_t i = 0; i < conf->streams_n && s == NULL; i++)
		if (token_is_of(t, conf->streams[i].name))
			s = &conf->streams[i];
	(void)span_copy(span_of(s != NULL && s->unsubscribe_all ? "*"
				: s != NULL                     ? s->name
				: t->stream[0] != '\0'          ? t->stream
								: "*"),
	    out->stream, sizeof(out->stream));
}

bool
optout_token(const struct conf *conf, const struct keys *keys, struct span text,
    const struct addr *named, struct optout *out, const char **why)
{
	const struct addr *who = named;
	enum token_fault fault;
	struct token t;

	if (!token_read(keys, text, &t, &fault)) {
		*why = token_fault_text(fault);
		return false;
	}
	if (t.form == TOKEN_ONE) {
		who = &t.addr;
	} else if (t.form != TOKEN_SHORT) {
		*why = "it was made for several, and names none of them";
		return false;
	} else if (named == NULL || !token_is_for(&t, named->text)) {
		*why = "a short one, and not for who writes; or forged";
		return false;
	}
	addr_copy(&out->addr, who);
	name_stream(conf, &t, out);
	return true;
}

/* What is known while the tokens of a mail are read. */
struct search {
	const struct conf *conf;
	const struct keys *keys;
	const struct addr *from; /* NULL: nobody */
	struct request *out;
	bool differ;
};

/* likely: it stands where a token should, or is as long as one. */
static void
try(struct search *s, struct span text, bool likely)
{
	struct request *r = s->out;
	struct optout found;
	const char *why;

	if (!optout_token(s->conf, s->keys, text, s->from, &found, &why)) {
		if (!r->proven && likely)
			r->said = why;
		return;
	}
	if (!r->proven) {
		addr_copy(&r->optout.addr, &found.addr);
		memcpy(r->optout.stream, found.stream, sizeof(found.stream));
		r->proven = true;
		r->said = "names who unsubscribes";
	} else if (strcmp(r->optout.addr.text, found.addr.text) != 0 ||
		   strcmp(r->optout.stream, found.stream) != 0) {
		s->differ = true;
	}
}

static void
try_subject(struct search *s, const char *subject)
{
	struct span left = span_of(subject), word, rest;

	for (int i = 0; i < WORDS_MAX; i++) {
		rest = left = span_trim(left);
		if (!span_cut(&left, ' ', &word))
			return;
		try(s, word, word.len >= TOKEN_SHORT_TEXT / 2);
		/* Folding may have parted its letters. */
		try(s, rest, false);
	}
}

/* "unsub+TOKEN@example.com" and "TOKEN@unsub.example.com". */
static void
try_address(struct search *s, const struct addr *a)
{
	struct span local = addr_local(a);
	struct span first;

	if (!span_cut(&local, '+', &first))
		return;
	try(s, first, first.len >= TOKEN_SHORT_TEXT / 2);
	if (local.len > 0)
		try(s, local, true);
}

static void
search(struct search *s, const struct unsubscribe *u, const struct addr *to,
    size_t to_n)
{
	for (size_t i = 0; i < to_n && i < LIMIT_TOKENS; i++)
		if (conf_has_addr(&s->conf->unsubscribe, &to[i]))
			try_address(s, &to[i]);
	try_subject(s, u->subject);
	if (!s->differ)
		return;
	s->out->proven = false;
	s->out->said = "several different ones came";
}

static bool
has_one(const struct conf *conf, const struct addr *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (conf_has_addr(&conf->unsubscribe, &list[i]))
			return true;
	return false;
}

/* Auto-Submitted says nothing: mail programs unsubscribe by themselves. */
static bool
may_be_request(const struct arrival *a, const struct report *r)
{
	return !a->own_bounce &&
	       (r->type == REPORT_AUTO_REPLY ||
		   (r->type == REPORT_NONE && r->recipients_n == 0));
}

bool
optout_mail(const struct conf *conf, const struct arrival *arrival,
    const struct report *report, struct span mail, struct request *out)
{
	struct unsubscribe u;
	const struct addr *to = arrival->recipients;
	size_t to_n = arrival->recipients_n;
	struct search s = { .conf = conf, .keys = arrival->keys, .out = out };

	if (conf->unsubscribe.n == 0 || !may_be_request(arrival, report))
		return false;
	unsubscribe_read(mail, &u);
	if (to_n == 0) {
		to = u.to;
		to_n = u.to_n;
	}
	if (!has_one(conf, to, to_n))
		return false;
	out->proven = false;
	out->said = CARRIED_NOTHING;
	if (u.from.text[0] != '\0')
		s.from = &u.from;
	search(&s, &u, to, to_n);
	if (out->proven)
		return true;
	out->optout = (struct optout){ .stream = "*" };
	if (s.from != NULL)
		addr_copy(&out->optout.addr, s.from);
	return true;
}
