#include "web/framing.h"

void
framing_see(struct framing *f, const char *name, const char *value)
{
	struct span s = span_of(value != NULL ? value : "");

	if (span_is_nocase(span_of(name), "Content-Length")) {
		f->lengths++;
		f->bad = f->bad || !span_number(s, INT64_MAX, &f->length);
	} else if (span_is_nocase(span_of(name), "Transfer-Encoding")) {
		f->encodings++;
		f->chunked = span_is_nocase(s, "chunked");
	}
}

bool
framing_is_plain(const struct framing *f, struct answer *a)
{
	if (f->bad || f->lengths + f->encodings > 1) {
		answer_problem(a, 400,
		    "Where the request ends is not clear: send one "
		    "Content-Length or Transfer-Encoding.");
		return false;
	}
	if (f->encodings > 0 && !f->chunked) {
		answer_problem(a, 501,
		    "The only Transfer-Encoding is chunked.");
		return false;
	}
	return true;
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
