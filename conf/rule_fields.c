#include "conf/rule_fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define ANY (-1)
#define CODES_MAX 64
#define REPLY_NONE "non"
#define TEXT_MAX 4096

const struct name class_names[] = {
	{ CLASS_BAD_ADDRESS, "bad-address" },
	{ CLASS_BAD_DOMAIN, "bad-domain" },
	{ CLASS_FULL, "full" },
	{ CLASS_TEMPORARY, "temporary" },
	{ CLASS_EXPIRED, "expired" },
	{ CLASS_POLICY, "policy" },
	{ CLASS_CONTENT, "content" },
	{ CLASS_SENDER, "sender" },
	{ CLASS_SIZE, "size" },
	{ CLASS_PROTOCOL, "protocol" },
	{ CLASS_UNDETERMINED, "undetermined" },
	{ 0, NULL },
};

bool class_suppresses(enum bounce_class class)
{
	return class == CLASS_BAD_ADDRESS || class == CLASS_BAD_DOMAIN;
}

static bool
wrong(struct error *err, struct span field, const char *what)
{
	error_set(err, ERROR_INVALID, "'%.*s': %s",
	    (int)(field.len < 60 ? field.len : 60), field.p, what);
	return false;
}

/* A number up to 999, or "*". */
static bool
part(struct span s, int *out)
{
	unsigned long long number;

	*out = ANY;
	if (span_is(s, "*"))
		return true;
	if (s.len > 3 || !span_number(s, 999, &number))
		return false;
	*out = (int)number;
	return true;
}

/* "1", "*" or "600-649". */
static bool
range(struct span s, struct rule_code *out)
{
	struct span from;

	if (!span_cut(&s, '-', &from) || !part(from, &out->detail_from))
		return false;
	out->detail_to = out->detail_from;
	if (s.len == 0)
		return s.p == from.p + from.len; /* no "-" behind it */
	return part(s, &out->detail_to) && out->detail_from != ANY &&
	       out->detail_to != ANY && out->detail_from <= out->detail_to;
}

static bool
code(struct span s, struct rule_code *out)
{
	struct span digit, subject;

	*out = (struct rule_code){ 0 };
	if (span_is(s, "none"))
		return true;
	if (!span_cut(&s, '.', &digit) || !span_cut(&s, '.', &subject) ||
	    !part(digit, &out->class_digit) || !part(subject, &out->subject))
		return false;
	return range(s, out) &&
	       (out->class_digit == 4 || out->class_digit == 5 ||
		   out->class_digit == ANY);
}

bool
rule_take_codes(struct rule *r, struct span field, struct error *err)
{
	struct span rest = field, one;

	if (span_is(field, "-"))
		return true;
	if (field.p[field.len - 1] == ',')
		return wrong(err, field, "ends with a comma");
	r->codes = mem_new(CODES_MAX, sizeof(*r->codes));
	while (span_cut(&rest, ',', &one)) {
		if (r->codes_n == CODES_MAX)
			return wrong(err, field, "more than 64 codes");
		if (!code(one, &r->codes[r->codes_n++]))
			return wrong(err, one,
			    "write 5.1.1, *.2.2, 5.7.*, 5.7.600-649, none or "
			    "- for any");
	}
	r->codes = mem_resize(r->codes, r->codes_n, sizeof(*r->codes));
	return true;
}

bool
rule_take_reply(struct rule *r, struct span field, struct error *err)
{
	static const char digits[] = "0123456789*";

	if (span_is(field, "-"))
		return true;
	if (span_is(field, "none"))
		return span_copy(span_of(REPLY_NONE), r->reply,
		    sizeof(r->reply));
	if (field.len != 3 || (field.p[0] != '4' && field.p[0] != '5') ||
	    strchr(digits, field.p[1]) == NULL ||
	    strchr(digits, field.p[2]) == NULL)
		return wrong(err, field,
		    "write 550, 55*, 5**, none or - for "
		    "any");
	return span_copy(field, r->reply, sizeof(r->reply));
}

bool
rule_take_host(struct rule *r, struct span field, struct error *err)
{
	char *pattern;

	if (span_is(field, "-"))
		return true;
	pattern = mem_dup(field.p, field.len);
	r->host = match_new(pattern, err);
	free(pattern);
	return r->host != NULL;
}

bool
rule_take_name(struct rule *r, struct span field, struct error *err)
{
	for (size_t i = 0; i < field.len; i++) {
		char c = field.p[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' &&
		    c != '.')
			return wrong(err, field,
			    "a name is of a-z, 0-9, - and .");
	}
	if (span_is(field, "-"))
		return wrong(err, field, "a rule wants a name");
	return span_copy(field, r->name, sizeof(r->name)) ||
	       wrong(err, field, "a name has at most 39 letters");
}

/* Words as a regular expression that finds just them. */
static void
quote(struct span words, struct buf *out)
{
	buf_add_char(out, '/');
	for (size_t i = 0; i < words.len; i++) {
		if (strchr("\\^$.[]|()?*+{}#/-", words.p[i]) != NULL)
			buf_add_char(out, '\\');
		buf_add_char(out, words.p[i]);
	}
	buf_add_char(out, '/');
}

bool
rule_add_text(struct rule *r, struct span field, struct error *err)
{
	struct rule_text made = { 0 };
	struct buf pattern;
	char c = field.p[0];

	if (field.len < 3 || (c != '"' && c != '/') ||
	    field.p[field.len - 1] != c)
		return wrong(err, field,
		    "write /regex/, \"words\" or - for any");
	buf_init(&pattern, 2 * TEXT_MAX);
	if (c == '/')
		buf_add_span(&pattern, field);
	else
		quote((struct span){ field.p + 1, field.len - 2 }, &pattern);
	if (pattern.full)
		(void)wrong(err, field, "longer than 8000 bytes");
	else
		made.match = match_new(buf_text(&pattern), err);
	if (made.match != NULL) {
		grams_of_pattern(buf_span(&pattern), &made.need);
		r->texts =
		    mem_resize(r->texts, r->texts_n + 1, sizeof(*r->texts));
		r->texts[r->texts_n++] = made;
	}
	buf_done(&pattern);
	return made.match != NULL;
}

static bool
takes(const struct rule_code *c, const struct status *s)
{
	if (s->class_digit == 0 || c->class_digit == 0)
		return s->class_digit == c->class_digit;
	return (c->class_digit == ANY || c->class_digit == s->class_digit) &&
	       (c->subject == ANY || c->subject == s->subject) &&
	       (c->detail_from == ANY ||
		   (c->detail_from <= s->detail && s->detail <= c->detail_to));
}

bool
rule_takes_code(const struct rule *r, const struct status *s)
{
	for (size_t i = 0; i < r->codes_n; i++)
		if (takes(&r->codes[i], s))
			return true;
	return r->codes_n == 0;
}

bool
rule_takes_reply(const struct rule *r, int reply_code)
{
	if (r->reply[0] == '\0')
		return true;
	if (r->reply[0] == REPLY_NONE[0] || reply_code == 0)
		return r->reply[0] == REPLY_NONE[0] && reply_code == 0;
	for (int i = 2; i >= 0; i--, reply_code /= 10)
		if (r->reply[i] != '*' && r->reply[i] - '0' != reply_code % 10)
			return false;
	return true;
}
