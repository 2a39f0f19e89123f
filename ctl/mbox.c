#include "ctl/mbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctl/mbox_line.h"

/*
 * A window on the stream: the mail that is being looked for begins at start,
 * and offsets count from there. More bytes move it to the front, so that
 * offsets stay.
 */
struct mbox {
	int fd;
	size_t max; /* of a mail */
	char *bytes;
	size_t room, start, len;
	size_t next; /* where the next mail begins */
	bool ended;  /* all of the stream is in the window */
	bool many;
	bool by_length; /* Content-Lengths hold */
	bool finished;
	uint64_t number;
	uint64_t read;
};

#define ROOM_FIRST (128 * 1024)
/* Beyond the largest mail: room to look ahead, and to read into. */
#define ROOM_MORE (64 * 1024)

/* A header that is longer says no length that we follow. */
#define HEADER_LOOK (32 * 1024)

/* What a too large mail keeps, to see an empty line that is cut in two. */
#define KEEP 3

struct mbox *
mbox_open(int fd, size_t max_bytes, bool single)
{
	struct mbox *m = mem_new(1, sizeof(*m));

	m->fd = fd;
	m->max = max_bytes;
	m->many = !single;
	return m;
}

void
mbox_close(struct mbox *m)
{
	if (m == NULL)
		return;
	free(m->bytes);
	free(m);
}

uint64_t
mbox_read(const struct mbox *m)
{
	return m->read;
}

static size_t
have(const struct mbox *m)
{
	return m->len - m->start;
}

static char *
at(const struct mbox *m, size_t offset)
{
	return m->bytes + m->start + offset;
}

static struct span
from(const struct mbox *m, size_t offset)
{
	return (struct span){ at(m, offset), have(m) - offset };
}

/* The window never gets longer than max + ROOM_MORE: who asks for more bytes
 * sees to it. */
static bool
fill(struct mbox *m, struct error *err)
{
	ssize_t got;

	if (m->start > 0)
		memmove(m->bytes, at(m, 0), have(m));
	m->len -= m->start;
	m->start = 0;
	if (m->len == m->room) {
		m->room = m->room == 0 ? ROOM_FIRST : 2 * m->room;
		if (m->room > m->max + ROOM_MORE)
			m->room = m->max + ROOM_MORE;
		m->bytes = mem_resize(m->bytes, m->room, 1);
	}
	do
		got = read(m->fd, m->bytes + m->len, m->room - m->len);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		error_errno(err, "read");
		return false;
	}
	m->ended = got == 0;
	m->len += (size_t)got;
	m->read += (uint64_t)got;
	return true;
}

/* Until n bytes behind offset are in the window, or all that there are. */
static bool
need(struct mbox *m, size_t offset, size_t n, struct error *err)
{
	while (!m->ended && have(m) < offset + n)
		if (!fill(m, err))
			return false;
	return true;
}

/* Does a mail begin at offset? */
static bool
begins(struct mbox *m, size_t offset, bool *yes, struct error *err)
{
	if (!need(m, offset, MBOX_LINE_LOOK, err))
		return false;
	*yes = mbox_line_begins(from(m, offset));
	return true;
}

/* Moves the window on: what is in front of offset is not needed any more. */
static void
drop(struct mbox *m, size_t offset)
{
	m->start += offset;
}

/*
 * Follows the mail's Content-Length. *end 0: it has none, or it doesn't lead
 * to another mail or the end. An empty line may stand between.
 */
static bool
follow_length(struct mbox *m, size_t *end, struct error *err)
{
	size_t header, size, next;
	uint64_t length;
	bool right;

	*end = 0;
	if (!need(m, 0, HEADER_LOOK, err))
		return false;
	header = mbox_line_header(from(m, 0));
	if (header == 0 ||
	    !mbox_line_length((struct span){ at(m, 0), header }, &length) ||
	    length > m->max || header + length > m->max)
		return true;
	size = header + (size_t)length;
	if (!need(m, size, MBOX_LINE_LOOK, err))
		return false;
	if (have(m) < size)
		return true;
	next = size;
	next += next < have(m) && *at(m, next) == '\r';
	next += next < have(m) && *at(m, next) == '\n';
	right = next == have(m);
	if (!right && !begins(m, next, &right, err))
		return false;
	if (right) {
		*end = size;
		m->next = next;
	}
	return true;
}

/* Is the LF at i that of an empty line? */
static bool
is_empty_line(const struct mbox *m, size_t i)
{
	const char *p = at(m, 0);

	if (i > 0 && p[i - 1] == '\r')
		i--;
	return i == 0 || p[i - 1] == '\n';
}

/* The mail so far is too large: only its last bytes are kept. */
static void
give_up(struct mbox *m, size_t *i, struct mbox_mail *out)
{
	if (*i <= m->max)
		return;
	out->too_large = true;
	drop(m, *i - KEEP);
	*i = KEEP;
}

/*
 * Looks for the next mail's "From " behind an empty line. *end is where this
 * one ends.
 */
static bool
find_end(struct mbox *m, struct mbox_mail *out, size_t *end, struct error *err)
{
	static const char wanted[] = "\nFrom ";
	const size_t wanted_n = sizeof(wanted) - 1;
	size_t i = 0;

	for (;;) {
		char *hit = memmem(at(m, i), have(m) - i, wanted, wanted_n);
		bool yes;

		if (hit == NULL && m->ended)
			break;
		if (hit == NULL) {
			size_t seen =
			    have(m) < wanted_n ? i : have(m) - wanted_n + 1;

			i = seen > i ? seen : i;
			give_up(m, &i, out);
			if (!fill(m, err))
				return false;
			continue;
		}
		i = (size_t)(hit - at(m, 0));
		give_up(m, &i, out);
		yes = is_empty_line(m, i);
		if (yes && !begins(m, i + 1, &yes, err))
			return false;
		if (yes) {
			m->next = i + 1;
			*end = i - (i > 0 && *at(m, i - 1) == '\r');
			return true;
		}
		i++;
	}
	*end = m->next = have(m);
	return true;
}

static bool
find_mail(struct mbox *m, struct mbox_mail *out, size_t *end, struct error *err)
{
	bool first = m->number == 1, quoted;

	*end = 0;
	if ((first || m->by_length) && !follow_length(m, end, err))
		return false;
	quoted = *end == 0;
	if (first)
		m->by_length = !quoted;
	if (quoted && !find_end(m, out, end, err))
		return false;
	out->too_large = out->too_large || *end > m->max;
	if (quoted && !out->too_large) {
		size_t header =
		    mbox_line_header((struct span){ at(m, 0), *end });
		size_t body = header > 0 ? *end - header : 0;

		mbox_line_unquote(at(m, header), &body);
		*end = header > 0 ? header + body : *end;
	}
	return true;
}

/* All of the stream; of one that is too large no more than shows it. */
static bool
whole(struct mbox *m, struct mbox_mail *out, size_t *end, struct error *err)
{
	m->finished = true;
	if (!need(m, 0, m->max + 1, err))
		return false;
	*end = have(m);
	out->too_large = *end > m->max;
	return true;
}

/* Passes over the "From " line. */
static void
begin_mail(struct mbox *m)
{
	struct span rest = from(m, 0), line;

	(void)span_line(&rest, &line);
	drop(m, have(m) - rest.len);
	m->number++;
}

bool
mbox_next(struct mbox *m, struct mbox_mail *out, struct error *err)
{
	size_t end;
	bool ok;

	*err = (struct error){ 0 };
	*out = (struct mbox_mail){ 0 };
	if (m->finished)
		return false;
	drop(m, m->next);
	m->next = 0;
	if (m->number == 0 && m->many && !begins(m, 0, &m->many, err))
		return false;
	if (m->number > 0 && m->ended && have(m) == 0) {
		m->finished = true;
		return false;
	}
	if (m->many)
		begin_mail(m);
	ok = m->many ? find_mail(m, out, &end, err) : whole(m, out, &end, err);
	m->finished = m->finished || !ok;
	out->number = m->number;
	if (ok && !out->too_large)
		out->bytes = (struct span){ at(m, 0), end };
	return ok;
}
