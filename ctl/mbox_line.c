#include "ctl/mbox_line.h"

#include <string.h>

#include "base/attr.h"

#define FROM "From "
#define FROM_BYTES 5

/* The sender's address may have blanks in it, quoted or not. */
#define WORDS_MAX 40

static const char *const weekdays[] = { "sun", "mon", "tue", "wed", "thu",
	"fri", "sat" };
static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun",
	"jul", "aug", "sep", "oct", "nov", "dec" };

static bool
is_one_of(const char *const *list, size_t n, struct span word)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_nocase(word, list[i]))
			return true;
	return false;
}

static bool
is_weekday(struct span word)
{
	if (word.len == 4 && word.p[3] == ',')
		word.len--;
	return is_one_of(weekdays, ARRAY_LEN(weekdays), word);
}

static bool
is_month(struct span word)
{
	return is_one_of(months, ARRAY_LEN(months), word);
}

static bool
is_day(struct span word)
{
	unsigned long long day;

	return span_number(word, 31, &day) && day > 0;
}

static bool
is_time(struct span word)
{
	unsigned long long hour, minute;
	struct span h, m;

	return span_cut(&word, ':', &h) && span_number(h, 23, &hour) &&
	       span_cut(&word, ':', &m) && span_number(m, 59, &minute);
}

/*
 * asctime(3), and the order of RFC 5322: a day of the week, month and day,
 * and the time at once or behind the year.
 */
static bool
is_date(const struct span *words, size_t n)
{
	if (n < 4 || !is_weekday(words[0]) ||
	    !((is_month(words[1]) && is_day(words[2])) ||
		(is_day(words[1]) && is_month(words[2]))))
		return false;
	return is_time(words[3]) || (n > 4 && is_time(words[4]));
}

static bool
has_date(struct span line)
{
	struct span words[WORDS_MAX], one;
	size_t n = 0;

	while (n < WORDS_MAX && span_cut(&line, ' ', &one))
		if (one.len > 0)
			words[n++] = one;
	for (size_t i = 0; i < n; i++)
		if (is_date(words + i, n - i))
			return true;
	return false;
}

/* "Name:", or an old ">From " line, or nothing more. */
static bool
begins_header(struct span text)
{
	size_t i = 0;

	if (text.len == 0 || text.p[0] == '\n' || text.p[0] == '\r' ||
	    span_starts_nocase(text, ">" FROM))
		return true;
	while (i < text.len && text.p[i] > ' ' && text.p[i] < 0x7f &&
	       text.p[i] != ':')
		i++;
	return i > 0 && (i == text.len || text.p[i] == ':');
}

bool
mbox_line_begins(struct span text)
{
	struct span line;

	if (text.len > MBOX_LINE_LOOK)
		text.len = MBOX_LINE_LOOK;
	if (text.len < FROM_BYTES || memcmp(text.p, FROM, FROM_BYTES) != 0 ||
	    !span_line(&text, &line))
		return false;
	line.p += FROM_BYTES;
	line.len -= FROM_BYTES;
	return has_date(line) && begins_header(text);
}

size_t
mbox_line_header(struct span mail)
{
	struct span rest = mail, line;

	while (span_line(&rest, &line))
		if (line.len == 0)
			return mail.len - rest.len;
	return 0;
}

bool
mbox_line_length(struct span header, uint64_t *length)
{
	static const char name[] = "Content-Length:";
	struct span line;

	while (span_line(&header, &line)) {
		unsigned long long n;

		if (!span_starts_nocase(line, name))
			continue;
		line.p += sizeof(name) - 1;
		line.len -= sizeof(name) - 1;
		if (!span_number(span_trim(line), INT64_MAX, &n))
			return false;
		*length = n;
		return true;
	}
	return false;
}

void
mbox_line_unquote(char *body, size_t *len)
{
	char *from = body, *to = body, *end = body + *len;

	while (from < end) {
		char *line_end = memchr(from, '\n', (size_t)(end - from));
		char *next = line_end != NULL ? line_end + 1 : end;
		char *word = from;

		while (word < next && *word == '>')
			word++;
		if (word > from && next - word >= FROM_BYTES &&
		    memcmp(word, FROM, FROM_BYTES) == 0)
			from++;
		if (to != from)
			memmove(to, from, (size_t)(next - from));
		to += next - from;
		from = next;
	}
	*len = (size_t)(to - body);
}
