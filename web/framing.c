#include "web/framing.h"

#include <stdint.h>
#include <string.h>

/* RFC 9110 5.6.2. */
static bool
is_token(struct span s)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') &&
		    (c < 'a' || c > 'z') && (c == '\0' || !strchr(marks, c)))
			return false;
	}
	return s.len > 0;
}

/* RFC 9110 5.5. */
static bool
has_controls(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && c != '\t') || c == 0x7F)
			return true;
	}
	return false;
}

void
framing_field(struct framing *f, struct span name, struct span value)
{
	f->bytes += name.len + strlen(": ") + value.len + strlen("\r\n");
	/* Some write no blank where nothing follows. */
	f->blanks += value.len == 0;
	f->bad_field = f->bad_field || !is_token(name) || has_controls(value);
	if (span_is_nocase(name, "Content-Length")) {
		f->lengths++;
		f->bad_length =
		    f->bad_length || !span_number(value, INT64_MAX, &f->length);
	} else if (span_is_nocase(name, "Transfer-Encoding")) {
		f->encodings++;
		f->chunked = span_is_nocase(value, "chunked");
	} else if (span_is_nocase(name, "Host")) {
		f->hosts++;
	}
}

static bool
is_as_long(const struct framing *f, const struct framing_line *line)
{
	size_t bytes = strlen(line->method) + 1 + strlen(line->uri) + 1 +
		       strlen(line->version) + strlen("\r\n") + f->bytes +
		       strlen("\r\n");

	return line->head_bytes <= bytes &&
	       line->head_bytes >= bytes - f->blanks;
}

static bool
is_plain(const struct framing *f, const struct framing_line *line,
    struct answer *a)
{
	if (f->bad_length || f->lengths + f->encodings > 1) {
		answer_problem(a, 400,
		    "Where the request ends is not clear: send one "
		    "Content-Length or Transfer-Encoding.");
		return false;
	}
	/* RFC 9112 6.1: what a proxy of 1.0 has passed on unread. */
	if (f->encodings > 0 && strcmp(line->version, "HTTP/1.0") == 0) {
		answer_problem(a, 400,
		    "HTTP/1.0 has no Transfer-Encoding: send Content-Length.");
		return false;
	}
	if (f->encodings > 0 && !f->chunked) {
		answer_problem(a, 501,
		    "The only Transfer-Encoding is chunked.");
		return false;
	}
	if (f->bad_field || f->hosts > 1 || !is_as_long(f, line)) {
		answer_problem(a, 400,
		    "The head is not plain: send one Host, one blank behind "
		    "each colon and none before it, and CR LF behind each "
		    "line.");
		return false;
	}
	return true;
}

bool
framing_is_plain(const struct framing *f, const struct framing_line *line,
    struct answer *a)
{
	bool plain = is_plain(f, line, a);

	a->last = !plain || f->chunked;
	return plain;
}

struct span
framing_without_host(struct span target)
{
	static const char scheme[] = "http://";
	size_t at = sizeof(scheme) - 1;

	if (!span_starts_nocase(target, scheme))
		return target;
	while (at < target.len && target.p[at] != '/')
		at++;
	return (struct span){ target.p + at, target.len - at };
}
