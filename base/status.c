#include "base/status.h"

#include <stdio.h>

/* RFC 3463, 3: subjects are 0 to 7. In free text a larger one is something
 * else: "Exim 4.94.2". */
#define SUBJECT_MAX 7

/* Takes up to three digits at s[*at]. */
static bool
number(struct span s, size_t *at, int *out)
{
	size_t from = *at;

	*out = 0;
	while (
	    *at < s.len && *at - from < 3 && s.p[*at] >= '0' && s.p[*at] <= '9')
		*out = *out * 10 + (s.p[(*at)++] - '0');
	return *at > from;
}

static bool
dot(struct span s, size_t *at)
{
	return *at < s.len && s.p[(*at)++] == '.';
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

bool
status_parse(struct span s, struct status *out)
{
	struct status st;
	size_t at = 0;

	if (s.len == 0 || (s.p[0] != '2' && s.p[0] != '4' && s.p[0] != '5'))
		return false;
	st.class_digit = s.p[at++] - '0';
	if (!dot(s, &at) || !number(s, &at, &st.subject) || !dot(s, &at) ||
	    !number(s, &at, &st.detail))
		return false;
	/* "5.1.1.2" is the start of an IP address, "5.1.1111" no code. */
	if (at < s.len &&
	    (is_word(s.p[at]) ||
		(s.p[at] == '.' && at + 1 < s.len && is_word(s.p[at + 1]))))
		return false;
	*out = st;
	return true;
}

/* "550" as a word of its own at s[at]. */
static int
reply_at(struct span s, size_t at)
{
	if (s.len - at < 3 || (s.p[at] != '4' && s.p[at] != '5') ||
	    s.p[at + 1] < '0' || s.p[at + 1] > '5' || s.p[at + 2] < '0' ||
	    s.p[at + 2] > '9')
		return 0;
	if (s.len - at > 3 && (is_word(s.p[at + 3]) || s.p[at + 3] == '.'))
		return 0;
	return (s.p[at] - '0') * 100 + (s.p[at + 1] - '0') * 10 +
	       (s.p[at + 2] - '0');
}

void
status_find(struct span text, struct status *out, int *reply_code)
{
	struct status found;
	bool have = false;

	*out = (struct status){ 0 };
	*reply_code = 0;
	for (size_t at = 0; at < text.len && !have; at++) {
		struct span rest = { text.p + at, text.len - at };

		if (at > 0 &&
		    (is_word(text.p[at - 1]) || text.p[at - 1] == '.'))
			continue;
		have =
		    status_parse(rest, &found) && found.subject <= SUBJECT_MAX;
		if (have)
			*out = found;
		if (!have && *reply_code == 0)
			*reply_code = reply_at(text, at);
	}
}

void
status_format(const struct status *s, char out[STATUS_TEXT])
{
	snprintf(out, STATUS_TEXT, "%u.%u.%u", (unsigned)s->class_digit % 10,
	    (unsigned)s->subject % 1000, (unsigned)s->detail % 1000);
}
