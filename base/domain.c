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

/* "[192.0.2.1]": kept as it is, but for case. */
static bool
literal(struct span s, char out[DOMAIN_TEXT], struct error *err)
{
	if (s.len < 3 || s.len >= DOMAIN_TEXT || s.p[s.len - 1] != ']')
		return refuse(err, s, "is no address literal");
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c >= 0x7F)
			return refuse(err, s, "is no address literal");
		out[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	out[s.len] = '\0';
	return true;
}

/* Letters, digits, hyphens and underscores, in labels of a right length. */
static bool
check_labels(struct span s, const char *name, struct error *err)
{
	struct span rest = span_of(name), label;

	if (rest.len == 0 || rest.len > LIMIT_DOMAIN_BYTES)
		return refuse(err, s,
		    rest.len == 0 ? "is empty" : "is too long");
	if (name[rest.len - 1] == '.')
		return refuse(err, s, "has an empty label");
	while (span_cut(&rest, '.', &label)) {
		if (label.len == 0 || label.len > LABEL_BYTES_MAX)
			return refuse(err, s,
			    label.len == 0
				? "has an empty label"
				: "has a label longer than 63 bytes");
		if (label.p[0] == '-' || label.p[label.len - 1] == '-')
			return refuse(err, s,
			    "has a hyphen at the end of "
			    "a label");
	}
	return true;
}

static bool
ascii(struct span s, char out[DOMAIN_TEXT], struct error *err)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_' && c != '.') {
			error_set(err, ERROR_INVALID,
			    "the domain '%.*s' has "
			    "a character that no name may have, at byte %zu",
			    (int)(s.len < 100 ? s.len : 100), s.p, i + 1);
			return false;
		}
		out[i] = c;
	}
	out[s.len] = '\0';
	return check_labels(s, out, err);
}

bool
domain_parse(struct span s, char out[DOMAIN_TEXT], struct error *err)
{
	char *name = NULL, whole[4 * DOMAIN_TEXT];
	struct span given = s, mapped;
	bool ok, plain = true;
	int result;

	if (s.len > 0 && s.p[s.len - 1] == '.')
		s.len--;
	if (s.len == 0)
		return refuse(err, given, "is empty");
	if (s.p[0] == '[')
		return literal(s, out, err);
	if (s.len >= sizeof(whole) || memchr(s.p, '\0', s.len) != NULL)
		return refuse(err, given, "is too long or has a NUL");
	for (size_t i = 0; i < s.len; i++)
		plain = plain && (unsigned char)s.p[i] < 0x80;
	if (plain && s.len <= LIMIT_DOMAIN_BYTES)
		return ascii(s, out, err);
	memcpy(whole, s.p, s.len);
	whole[s.len] = '\0';
	result = idn2_to_ascii_8z(whole, &name,
	    IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (result != IDN2_OK) {
		error_set(err, ERROR_INVALID, "the domain '%.100s': %s", whole,
		    idn2_strerror(result));
		return false;
	}
	mapped = span_of(name);
	ok = mapped.len <= LIMIT_DOMAIN_BYTES
		 ? ascii(mapped, out, err)
		 : refuse(err, given, "is too long");
	idn2_free(name);
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
