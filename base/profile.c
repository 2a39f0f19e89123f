#include "base/profile.h"

#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "base/percent.h"

#define HOST "linkedin.com"

bool
profile_looks_like(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '@')
			return false;
	for (size_t i = 0; i < s.len; i++)
		if (span_starts_nocase((struct span){ s.p + i, s.len - i },
			HOST))
			return true;
	return false;
}

static bool
refuse(struct error *err, struct span s, const char *what)
{
	error_set(err, ERROR_INVALID, "'%.*s' is no LinkedIn profile: %s",
	    (int)(s.len < 100 ? s.len : 100), s.p, what);
	return false;
}

/* Takes the text up to the delimiter, or all of it. */
static struct span
segment(struct span *rest)
{
	struct span one = { "", 0 };

	(void)span_cut(rest, '/', &one);
	return one;
}

/* linkedin.com, or a name below it. */
static bool
is_host(struct span host)
{
	const size_t len = strlen(HOST);
	struct span end;

	if (host.len < len)
		return false;
	end = (struct span){ host.p + host.len - len, len };
	return span_is_nocase(end, HOST) &&
	       (host.len == len || host.p[host.len - len - 1] == '.');
}

/* Nothing that would be read as another part of a URL, or not be seen. */
static bool
is_clean(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] <= ' ' || s[i] == 0x7F ||
		    strchr("/?#%@\\\"<>", s[i]) != NULL)
			return false;
	return len > 0;
}

/* One part of the path in canonical form. */
static bool
canonical(struct span s, char out[LIMIT_PROFILE_TEXT])
{
	size_t len;

	if (!percent_decode(s, false, out, LIMIT_PROFILE_TEXT, &len) ||
	    !addr_fold(out, LIMIT_PROFILE_TEXT, &len) || !is_clean(out, len))
		return false;
	out[len] = '\0';
	return true;
}

/* The numbers that are part of an old public profile: /pub/joe-doe/1/2b/3c4. */
static size_t
put_numbers(struct span rest, char *out, size_t at, size_t size)
{
	for (int i = 0; i < 3; i++) {
		struct span one = segment(&rest);
		char number[LIMIT_PROFILE_TEXT];

		if (one.len == 0 || one.len > 3 || !canonical(one, number))
			break;
		at += (size_t)snprintf(out + at, size - at, "/%s", number);
	}
	return at;
}

/* What stands before in, company, school or pub on some of their sites. */
static bool
is_detour(struct span s)
{
	return span_is_nocase(s, "mwlite") || span_is_nocase(s, "comm") ||
	       span_is_nocase(s, "m");
}

static bool
is_section(const char *section)
{
	static const char *const sections[] = { "in", "company", "school",
		"pub" };

	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		if (strcmp(section, sections[i]) == 0)
			return true;
	return false;
}

bool
profile_parse(struct span s, char out[LIMIT_VALUE_TEXT], struct error *err)
{
	char section[LIMIT_PROFILE_TEXT], slug[LIMIT_PROFILE_TEXT];
	struct span rest = s, one;
	size_t at;

	if (span_starts_nocase(rest, "https://"))
		rest = (struct span){ rest.p + 8, rest.len - 8 };
	else if (span_starts_nocase(rest, "http://"))
		rest = (struct span){ rest.p + 7, rest.len - 7 };
	rest.len = span_find(rest, '?');
	rest.len = span_find(rest, '#');
	if (!is_host(segment(&rest)))
		return refuse(err, s, "it is not at " HOST);
	one = segment(&rest);
	if (is_detour(one))
		one = segment(&rest);
	if (!canonical(one, section) || !is_section(section))
		return refuse(err, s,
		    "write linkedin.com/in/NAME, or company, school or pub "
		    "for in");
	if (!canonical(segment(&rest), slug))
		return refuse(err, s, "it has no name that one may have");
	at = (size_t)snprintf(out, LIMIT_VALUE_TEXT, HOST "/%s/%s", section,
	    slug);
	if (strcmp(section, "pub") == 0)
		(void)put_numbers(rest, out, at, LIMIT_VALUE_TEXT);
	return true;
}
