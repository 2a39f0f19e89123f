#include "base/domain.h"

#include <idn2.h>
#include <string.h>

#define LABEL_BYTES_MAX 63 /* RFC 1035, 2.3.4 */

static bool
refuse(struct error *err, struct span s, const char *what)
{
	error_set(err, ERROR_INVALID, "the domain '%.*s' %s",
	    (int)(s.len < 100 ? s.len : 100), s.p, what);
	return false;
}

/* As refuse() for a place in it, counted from 0. */
static bool
refuse_at(struct error *err, struct span s, const char *what, size_t at)
{
	error_set(err, ERROR_INVALID, "the domain '%.*s' has %s, at byte %zu",
	    (int)(s.len < 100 ? s.len : 100), s.p, what, at + 1);
	return false;
}

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* "[192.0.2.1]", RFC 5321 4.1.3: kept as it is, but for case. */
static bool
literal(struct span s, char out[DOMAIN_TEXT], struct error *err)
{
	if (s.len < 3 || s.len >= DOMAIN_TEXT || s.p[s.len - 1] != ']')
		return refuse(err, s, "is no address literal");
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool edge = i == 0 || i == s.len - 1;

		if (c <= ' ' || c >= 0x7F ||
		    (!edge && (c == '[' || c == ']' || c == '\\')))
			return refuse_at(err, s,
			    "a character that no address literal may have", i);
		out[i] = lower(s.p[i]);
	}
	out[s.len] = '\0';
	return true;
}

/* Labels of a right length, without hyphens at their ends. */
static bool
check_labels(struct span s, struct error *err)
{
	for (size_t at = 0, end; at <= s.len; at = end + 1) {
		end =
		    at + span_find((struct span){ s.p + at, s.len - at }, '.');
		if (end == at)
			return refuse_at(err, s, "an empty label", at);
		if (end - at > LABEL_BYTES_MAX)
			return refuse_at(err, s, "a label longer than 63 bytes",
			    at);
		if (s.p[at] == '-')
			return refuse_at(err, s,
			    "a hyphen where a label begins", at);
		if (s.p[end - 1] == '-')
			return refuse_at(err, s, "a hyphen where a label ends",
			    end - 1);
	}
	return true;
}

/* Letters, digits, hyphens and underscores. */
static bool
ascii(struct span s, char out[DOMAIN_TEXT], struct error *err)
{
	if (s.len > 0 && s.p[s.len - 1] == '.')
		s.len--;
	if (s.len == 0)
		return refuse(err, s, "is empty");
	if (s.len > LIMIT_DOMAIN_BYTES)
		return refuse(err, s, "is longer than 255 bytes");
	for (size_t i = 0; i < s.len; i++) {
		char c = lower(s.p[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_' && c != '.')
			return refuse_at(err, s,
			    "a character that no name may have", i);
		out[i] = c;
	}
	out[s.len] = '\0';
	return check_labels(s, err);
}

/* U-labels become A-labels. */
static bool
unicode(struct span s, char out[DOMAIN_TEXT], struct error *err)
{
	char whole[4 * DOMAIN_TEXT], *name = NULL;
	bool ok;
	int result;

	if (s.len >= sizeof(whole))
		return refuse(err, s, "is longer than 255 bytes");
	if (span_find(s, '\0') < s.len)
		return refuse_at(err, s, "a character that no name may have",
		    span_find(s, '\0'));
	(void)span_copy(s, whole, sizeof(whole));
	result = idn2_to_ascii_8z(whole, &name,
	    IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (result != IDN2_OK) {
		error_set(err, ERROR_INVALID, "the domain '%.100s': %s", whole,
		    idn2_strerror(result));
		return false;
	}
	ok = ascii(span_of(name), out, err);
	idn2_free(name);
	return ok;
}

bool
domain_parse(struct span s, char out[DOMAIN_TEXT], struct error *err)
{
	char made[DOMAIN_TEXT];
	bool ok, plain = true;

	for (size_t i = 0; i < s.len; i++)
		plain = plain && (unsigned char)s.p[i] < 0x80;
	if (s.len > 0 && s.p[0] == '[')
		ok = literal(s, made, err);
	else
		ok = plain ? ascii(s, made, err) : unicode(s, made, err);
	if (ok)
		(void)span_copy(span_of(made), out, DOMAIN_TEXT);
	return ok;
}

bool
domain_is_within(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	if (n < d || strcmp(name + n - d, domain) != 0)
		return false;
	return n == d || name[n - d - 1] == '.';
}

const char *
domain_parent(const char *name)
{
	const char *dot = name[0] == '[' ? NULL : strchr(name, '.');

	return dot != NULL ? dot + 1 : NULL;
}
