#include "policy/vouched.h"

#include <stdio.h>

#include "message/authres.h"
#include "message/fields.h"

struct search {
	const struct conf *conf;
	const char *signer;          /* a domain; NULL: a trusted reporter's */
	bool tried[AUTHRES_METHODS]; /* a field above speaks of it */
	bool proven;
	char *said;
	size_t size;
};

static bool
is_ours(const struct conf *conf, const char *host)
{
	return conf_has_text(&conf->authserv_ids, host) ||
	       conf_has_domain(&conf->own_domains, host);
}

static void
say(struct search *s, const struct authres *a, const struct authres_pass *p,
    const char *more)
{
	snprintf(s->said, s->size, "%.40s says %s=pass %s=%.40s%s", a->id,
	    names_text(authres_method_names, (int)p->method), p->property,
	    p->domain, more);
}

static bool
is_wanted(const struct search *s, const struct authres_pass *p)
{
	if (s->signer == NULL)
		return conf_has_domain(&s->conf->trusted_reporters, p->domain);
	/* A domain signs for those below it. */
	return p->method == AUTHRES_DKIM &&
	       domain_is_within(s->signer, p->domain);
}

static void
take(struct search *s, const struct authres *a)
{
	if (s->said[0] == '\0')
		snprintf(s->said, s->size,
		    "%.60s says of nothing that it "
		    "passes",
		    a->id);
	for (size_t i = 0; i < a->n && !s->proven; i++) {
		const struct authres_pass *p = &a->passes[i];

		if (s->tried[p->method])
			continue;
		s->proven = is_wanted(s, p);
		say(s, a, p,
		    s->proven           ? ""
		    : s->signer != NULL ? ": not who writes"
					: ": no reporter that is trusted");
	}
	for (int i = 0; i < AUTHRES_METHODS; i++)
		s->tried[i] |= a->tried[i];
}

/* False: from here on it may be a stranger's. */
static bool
look_at(struct search *s, struct span name, struct span value)
{
	char host[DOMAIN_TEXT];
	struct authres a;

	if (span_is_nocase(name, "Received"))
		return authres_received_by(value, host) &&
		       is_ours(s->conf, host);
	if (span_is_nocase(name, AUTHRES_FIELD) && authres_parse(value, &a) &&
	    conf_has_text(&s->conf->authserv_ids, a.id))
		take(s, &a);
	return true;
}

static bool
find(const struct conf *conf, struct span mail, const char *signer, char *said,
    size_t size)
{
	struct search s = { .conf = conf,
		.signer = signer,
		.said = said,
		.size = size };
	struct span header, name, value;
	struct fields f;
	bool ended;

	said[0] = '\0';
	if (conf->authserv_ids.n > 0 && fields_group(&mail, &header, &ended)) {
		fields_open(&f, header);
		while (!s.proven && fields_next(&f, &name, &value) &&
		       look_at(&s, name, value))
			;
		fields_done(&f);
	}
	if (said[0] == '\0')
		(void)span_copy(
		    span_of(conf->authserv_ids.n > 0
				? "none of a host that authserv_ids names"
				: "authserv_ids names no host"),
		    said, size);
	return s.proven;
}

bool
vouched_for(const struct conf *conf, struct span mail, char *said, size_t size)
{
	return find(conf, mail, NULL, said, size);
}

bool
vouched_signed(const struct conf *conf, struct span mail, const char *domain,
    char *said, size_t size)
{
	return find(conf, mail, domain, said, size);
}
