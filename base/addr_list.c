/*
 * addr_list - addresses out of a header field (RFC 5322, 3.4). Forgiving:
 * what does not parse is passed over.
 */
#include "base/addr.h"

/* Where comments and quoted strings begin and end, byte by byte. */
struct scan {
	int comment;
	bool quoted;
	bool escaped;
};

/* Takes one byte; true if it stands outside of comments. */
static bool
scan_byte(struct scan *sc, char c)
{
	if (sc->escaped) {
		sc->escaped = false;
		return sc->comment == 0;
	}
	if (c == '\\' && (sc->quoted || sc->comment > 0)) {
		sc->escaped = true;
		return sc->comment == 0;
	}
	if (c == '"' && sc->comment == 0) {
		sc->quoted = !sc->quoted;
		return true;
	}
	if (sc->quoted)
		return true;
	if (c == '(')
		sc->comment++;
	else if (c == ')' && sc->comment > 0)
		sc->comment--;
	else
		return sc->comment == 0;
	return false;
}

/* One mailbox: what stands in "<>", else all of it without comments. */
static bool
mailbox(struct span s, struct addr *out)
{
	char plain[2 * LIMIT_VALUE_TEXT];
	struct scan sc = { 0 };
	struct error ignored;
	bool full = false;
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		bool inside = sc.quoted;

		if (!scan_byte(&sc, s.p[i]))
			continue;
		/* A display name came before, of whatever length. */
		if (s.p[i] == '<' && !inside) {
			n = 0;
			full = false;
		}
		full = full || n == sizeof(plain);
		if (!full && s.p[i] != '\r' && s.p[i] != '\n')
			plain[n++] = s.p[i];
		if (s.p[i] == '>' && !inside)
			break;
	}
	return !full && addr_parse((struct span){ plain, n }, out, &ignored);
}

static void
found(struct span s, struct addr *first, size_t *n)
{
	struct addr a;

	if (!mailbox(s, &a))
		return;
	if ((*n)++ == 0)
		addr_copy(first, &a);
}

bool
addr_from_header(struct span value, struct addr *out, size_t *n)
{
	struct scan sc = { 0 };
	bool in_angle = false, in_literal = false;
	size_t from = 0, count = 0;
	struct addr first;

	for (size_t i = 0; i < value.len; i++) {
		bool plain = scan_byte(&sc, value.p[i]) && !sc.quoted;
		char c = value.p[i];

		if (!plain)
			continue;
		if (c == '<')
			in_angle = true;
		if (c == '>')
			in_angle = false;
		/* "joe@[IPv6:::1]"; a display name may have a "[", too. */
		if (c == '[' && i > 0 && value.p[i - 1] == '@')
			in_literal = true;
		if (c == ']')
			in_literal = false;
		if (in_angle || in_literal ||
		    (c != ',' && c != ';' && c != ':'))
			continue;
		/* A ":" ends the name of a group, "," and ";" a mailbox. */
		if (c != ':')
			found((struct span){ value.p + from, i - from }, &first,
			    &count);
		from = i + 1;
	}
	found((struct span){ value.p + from, value.len - from }, &first,
	    &count);
	if (count == 0)
		return false;
	addr_copy(out, &first);
	*n = count;
	return true;
}
