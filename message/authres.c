#include "message/authres.h"

#include <string.h>

#include "base/addr.h"

const struct name authres_method_names[] = {
	{ AUTHRES_DKIM, "dkim" },
	{ AUTHRES_SPF, "spf" },
	{ 0, NULL },
};

/* The property that names a domain of ours to look at, for each method. Of
 * SPF the sender's counts where there is one (RFC 8601 2.7.2). */
enum property { HEADER_D, SMTP_MAILFROM, SMTP_HELO, PROPERTIES };

static const struct {
	enum authres_method method;
	const char *type;
	const char *name;
	const char *shown;
} properties[PROPERTIES] = {
	[HEADER_D] = { AUTHRES_DKIM, "header", "d", "header.d" },
	[SMTP_MAILFROM] = { AUTHRES_SPF, "smtp", "mailfrom", "smtp.mailfrom" },
	[SMTP_HELO] = { AUTHRES_SPF, "smtp", "helo", "smtp.helo" },
};

/* What is left to be read; a fault stays. */
struct reader {
	struct span rest;
	bool fault;
};

static bool
is_at(const struct reader *r, char c)
{
	return r->rest.len > 0 && r->rest.p[0] == c;
}

static void
skip(struct reader *r, size_t n)
{
	r->rest.p += n;
	r->rest.len -= n;
}

/* RFC 5322 3.2.2: a comment may hold comments. */
static void
skip_comment(struct reader *r)
{
	size_t depth = 0;

	while (r->rest.len > 0) {
		char c = r->rest.p[0];

		skip(r, c == '\\' && r->rest.len > 1 ? 2 : 1);
		if (c == '(')
			depth++;
		if (c == ')' && --depth == 0)
			return;
	}
	r->fault = true;
}

/* White space, folds and comments. True if there was any. */
static bool
skip_cfws(struct reader *r)
{
	size_t before = r->rest.len;

	while (!r->fault && r->rest.len > 0) {
		if (is_at(r, '('))
			skip_comment(r);
		else if (strchr(" \t\r\n", r->rest.p[0]) != NULL &&
			 r->rest.p[0] != '\0')
			skip(r, 1);
		else
			break;
	}
	return r->rest.len < before;
}

/* The length of a quoted-string at the front, with its quotes; 0: it has no
 * end. */
static size_t
quoted_len(struct span s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return 0;
}

/*
 * A run of quoted-strings and of characters that neither divide nor belong
 * to a comment: a token (RFC 2045 5.1), an address, and what hosts write
 * unquoted all the same, as "/" in header.b. stop: what else ends it.
 */
static struct span
take_value(struct reader *r, const char *stop)
{
	struct span all = r->rest;
	size_t len;

	while (!r->fault && r->rest.len > 0) {
		char c = r->rest.p[0];

		if ((unsigned char)c <= ' ' || c == '\x7F' ||
		    strchr(";()", c) != NULL || strchr(stop, c) != NULL)
			break;
		len = c == '"' ? quoted_len(r->rest) : 1;
		if (len == 0)
			r->fault = true;
		else
			skip(r, len);
	}
	all.len -= r->rest.len;
	return all;
}

/* What is there of one result. */
struct result {
	int method; /* -1: one that we do not know */
	bool pass;
	struct span values[PROPERTIES]; /* p NULL: not there */
	bool doubtful;                  /* a property stands there twice */
};

static void
note_property(struct result *res, struct span type, struct span name,
    struct span value)
{
	for (size_t i = 0; i < PROPERTIES; i++) {
		if (!span_is_nocase(type, properties[i].type) ||
		    !span_is_nocase(name, properties[i].name))
			continue;
		if (res->values[i].p != NULL)
			res->doubtful = true;
		res->values[i] = value;
	}
}

/* The number of a method, in any case; -1: one that we do not know. */
static int
method_of(struct span name, struct span version)
{
	for (const struct name *n = authres_method_names; n->text != NULL; n++)
		if (span_is(version, "1") && span_is_nocase(name, n->text))
			return n->number;
	return -1;
}

/* "dkim=pass", "dkim/1 = pass": only version 1 is known. */
static void
take_method(struct reader *r, struct result *res)
{
	struct span method, version = { "1", 1 };

	(void)skip_cfws(r);
	method = take_value(r, "=/");
	(void)skip_cfws(r);
	if (is_at(r, '/')) {
		skip(r, 1);
		(void)skip_cfws(r);
		version = take_value(r, "=/");
		(void)skip_cfws(r);
	}
	if (!is_at(r, '=') || method.len == 0) {
		r->fault = true;
		return;
	}
	skip(r, 1);
	res->method = method_of(method, version);
	(void)skip_cfws(r);
	res->pass = span_is_nocase(take_value(r, "="), "pass");
}

/* "type.name = value"; "reason = value" and what else has no dot is passed
 * over. */
static void
take_property(struct reader *r, struct result *res)
{
	struct span type = take_value(r, ".="), name = { "", 0 };

	(void)skip_cfws(r);
	if (is_at(r, '.')) {
		skip(r, 1);
		(void)skip_cfws(r);
		name = take_value(r, "=");
		(void)skip_cfws(r);
	}
	if (!is_at(r, '=') || type.len == 0) {
		r->fault = true;
		return;
	}
	skip(r, 1);
	(void)skip_cfws(r);
	note_property(res, type, name, take_value(r, ""));
}

static void
take_result(struct reader *r, struct result *res)
{
	take_method(r, res);
	while (!r->fault && skip_cfws(r) && r->rest.len > 0 && !is_at(r, ';'))
		take_property(r, res);
	if (r->rest.len > 0 && !is_at(r, ';'))
		r->fault = true;
}

/* "example.org", "\"example.org\"", "@example.org", "joe@example.org". */
static bool
domain_of(struct span value, char domain[DOMAIN_TEXT])
{
	struct error ignored;
	struct addr a;

	if (value.len > 1 && value.p[0] == '"' &&
	    quoted_len(value) == value.len) {
		value.p++;
		value.len -= 2;
	}
	if (value.len > 0 && value.p[0] == '@') {
		value.p++;
		value.len--;
	}
	if (span_find(value, '@') == value.len)
		return domain_parse(value, domain, &ignored) &&
		       domain[0] != '[';
	return addr_parse(value, &a, &ignored) && a.domain[0] != '[' &&
	       span_copy(span_of(a.domain), domain, DOMAIN_TEXT);
}

static bool
is_given(const struct result *res, enum property p)
{
	return res->values[p].p != NULL && !span_is(res->values[p], "<>");
}

static void
keep(const struct result *res, struct authres *out)
{
	struct authres_pass *pass = &out->passes[out->n];
	enum property p = HEADER_D;

	if (res->method < 0)
		return;
	out->tried[res->method] = true;
	if (!res->pass || res->doubtful)
		return;
	if (res->method == AUTHRES_SPF)
		p = is_given(res, SMTP_MAILFROM) ? SMTP_MAILFROM : SMTP_HELO;
	if (!is_given(res, p) || !domain_of(res->values[p], pass->domain))
		return;
	pass->method = (enum authres_method)res->method;
	pass->property = properties[p].shown;
	out->n++;
}

/* The name of the host, and a version, which has to be 1. */
static void
take_id(struct reader *r, struct authres *out)
{
	struct span id;

	(void)skip_cfws(r);
	id = take_value(r, "=");
	if (id.len == 0 || !domain_of(id, out->id))
		r->fault = true;
	if (skip_cfws(r) && r->rest.len > 0 && !is_at(r, ';')) {
		if (!span_is(take_value(r, "="), "1"))
			r->fault = true;
		(void)skip_cfws(r);
	}
}

/* "; none" stands alone. */
static bool
is_none(struct reader r)
{
	struct span word;

	skip(&r, 1);
	(void)skip_cfws(&r);
	word = take_value(&r, "=");
	(void)skip_cfws(&r);
	return !r.fault && span_is_nocase(word, "none") && r.rest.len == 0;
}

bool
authres_parse(struct span value, struct authres *out)
{
	struct reader r = { .rest = value };
	size_t results = 0;

	memset(out, 0, sizeof(*out));
	take_id(&r, out);
	if (!r.fault && is_at(&r, ';') && is_none(r))
		return true;
	while (!r.fault && is_at(&r, ';')) {
		struct result res = { .method = -1 };

		skip(&r, 1);
		(void)skip_cfws(&r);
		/* A ";" at the end is not by the book, and occurs. */
		if (r.rest.len == 0 && results > 0)
			break;
		take_result(&r, &res);
		if (r.fault || results++ == AUTHRES_MAX)
			return false;
		keep(&res, out);
	}
	return !r.fault && r.rest.len == 0 && results > 0;
}

bool
authres_received_by(struct span value, char host[DOMAIN_TEXT])
{
	struct reader r = { .rest = value };
	struct error ignored;
	struct span word;
	bool by = false;

	do {
		(void)skip_cfws(&r);
		word = take_value(&r, "");
		if (by || word.len == 0)
			break;
		by = span_is_nocase(word, "by");
	} while (!r.fault);
	return by && !r.fault && domain_parse(word, host, &ignored);
}
