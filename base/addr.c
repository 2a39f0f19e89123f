#include "base/addr.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

static bool
refuse(struct error *err, const char *what, size_t at)
{
	error_set(err, ERROR_INVALID, "%s, at byte %zu", what, at + 1);
	return false;
}

/* RFC 5322 3.2.3 atext, and all that RFC 6531 3.3 adds. */
static bool
is_atext(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') ||
	       ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Dots anywhere: real mailboxes have them where RFC 5321 has not. */
static bool
needs_quotes(struct span local)
{
	for (size_t i = 0; i < local.len; i++)
		if (!is_atext((unsigned char)local.p[i]) && local.p[i] != '.')
			return true;
	return false;
}

/*
 * Takes the local part off s, unquoted, up to and with its "@". base is for
 * error texts. A backslash stands for the next byte, quoted or not.
 */
static bool
take_local(struct span s, struct span *rest, char *out, size_t size,
    size_t *len, size_t base, struct error *err)
{
	bool quoted = false;
	size_t at = 0;

	*len = 0;
	for (; at < s.len; at++) {
		unsigned char c = (unsigned char)s.p[at];

		if (!quoted && c == '@')
			break;
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (c == '\\' && at + 1 < s.len)
			c = (unsigned char)s.p[++at];
		else if (!quoted && !is_atext(c) && c != '.')
			return refuse(err,
			    "a character that no address may "
			    "have here",
			    base + at);
		if (c < 0x20 || c == 0x7F)
			return refuse(err, "a control character", base + at);
		if (*len + 1 >= size)
			return refuse(err, "the local part is too long",
			    base + at);
		out[(*len)++] = (char)c;
	}
	if (quoted)
		return refuse(err, "a quote is not closed", base + at);
	if (at >= s.len)
		return refuse(err, "there is no @", base + at);
	if (*len == 0)
		return refuse(err, "nothing stands before the @", base + at);
	*rest = (struct span){ s.p + at + 1, s.len - at - 1 };
	return true;
}

bool
addr_fold(char *text, size_t size, size_t *len)
{
	uint8_t *folded;
	size_t n = 0;
	bool plain = true, ok;

	for (size_t i = 0; i < *len; i++) {
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] + 32);
		plain = plain && (unsigned char)text[i] < 0x80;
	}
	if (plain)
		return true;
	if (u8_check((const uint8_t *)text, *len) != NULL)
		return false;
	folded = u8_tolower((const uint8_t *)text, *len, NULL, UNINORM_NFC,
	    NULL, &n);
	ok = folded != NULL && n < size;
	if (ok) {
		memcpy(text, folded, n);
		*len = n;
	}
	free(folded);
	return ok;
}

static bool
fold_case(char *local, size_t size, size_t *len, size_t base, struct error *err)
{
	return addr_fold(local, size, len) ||
	       refuse(err, "the local part is too long", base);
}

/* The shortest spelling: quotes only where they are needed. */
static void
put_local(struct span local, char *out)
{
	bool quotes = needs_quotes(local);
	size_t n = 0;

	if (quotes)
		out[n++] = '"';
	for (size_t i = 0; i < local.len; i++) {
		if (quotes && (local.p[i] == '"' || local.p[i] == '\\'))
			out[n++] = '\\';
		out[n++] = local.p[i];
	}
	if (quotes)
		out[n++] = '"';
	out[n] = '\0';
}

/* Without white space, "<>" and a source route; *skipped bytes in front. */
static struct span
strip(struct span s, size_t *skipped)
{
	const char *start = s.p;
	size_t colon;

	s = span_trim(span_unwrap(span_trim(s)));
	colon = span_find(s, ':');
	if (s.len > 0 && s.p[0] == '@' && colon < s.len)
		s = (struct span){ s.p + colon + 1, s.len - colon - 1 };
	*skipped = (size_t)(s.p - start);
	return s;
}

/* LOCAL@DOMAIN; false: it is too long. */
static bool
join(const char *local, const char *domain, struct addr *out)
{
	size_t n = strlen(local), len = strlen(domain);

	if (n + 1 + len >= sizeof(out->text))
		return false;
	memcpy(out->text, local, n);
	out->text[n] = '@';
	memcpy(out->text + n + 1, domain, len + 1);
	out->domain = out->text + n + 1;
	return true;
}

bool
addr_parse(struct span s, struct addr *out, struct error *err)
{
	char local[LIMIT_LOCAL_PART_BYTES + 1];
	char quoted[2 * LIMIT_LOCAL_PART_BYTES + 4];
	char domain[DOMAIN_TEXT];
	struct span name;
	size_t len, base;
	const uint8_t *bad;

	s = strip(s, &base);
	if (s.len == 0)
		return refuse(err, "the address is empty", base);
	bad = u8_check((const uint8_t *)s.p, s.len);
	if (bad != NULL)
		return refuse(err, "a byte that is not UTF-8",
		    base + (size_t)((const char *)bad - s.p));
	if (!take_local(s, &name, local, sizeof(local), &len, base, err) ||
	    !fold_case(local, sizeof(local), &len, base, err))
		return false;
	/* "a@b@c": the name would begin with the second part. */
	if (span_find(name, '@') < name.len)
		return refuse(err, "a second @",
		    base + (size_t)(name.p - s.p) + span_find(name, '@'));
	if (!domain_parse(name, domain, err))
		return false;
	put_local((struct span){ local, len }, quoted);
	if (!join(quoted, domain, out))
		return refuse(err, "the address is too long", base);
	(void)span_copy(s, out->shown, sizeof(out->shown));
	return true;
}

void
addr_copy(struct addr *to, const struct addr *from)
{
	memcpy(to->text, from->text, sizeof(to->text));
	memcpy(to->shown, from->shown, sizeof(to->shown));
	to->domain = to->text + (from->domain - from->text);
}

struct span
addr_local(const struct addr *a)
{
	return (struct span){ a->text, (size_t)(a->domain - 1 - a->text) };
}
