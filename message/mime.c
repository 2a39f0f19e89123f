#include "message/mime.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "message/fields.h"

/* RFC 2046 5.1.1 says 70; some are longer. */
#define BOUNDARY_BYTES 256
/* What GMime is given of a structured header; no real one is longer. */
#define HEADER_BYTES 4096

/* A multipart whose end is yet to come. */
struct open_multipart {
	size_t part;
	char boundary[BOUNDARY_BYTES];
	size_t boundary_len;
};

/* The state between two lines of the mail. */
struct cutter {
	struct mime *m;
	struct open_multipart open[LIMIT_MIME_DEPTH];
	size_t open_n;
	size_t part; /* gets the lines; MIME_NO_PARENT: nobody does */
	bool in_header;
	const char *begin; /* of this header or body */
	struct error *err;
};

static pthread_once_t gmime_once = PTHREAD_ONCE_INIT;

static void
lower(const char *from, char *to, size_t size)
{
	size_t i = 0;

	for (; from != NULL && from[i] != '\0' && i + 1 < size; i++)
		to[i] = g_ascii_tolower(from[i]);
	to[i] = '\0';
}

/*
 * Reads the Content-Type of a part; true if it is a multipart with a
 * boundary that we can look for.
 */
static bool
read_type(struct mime_part *p, const char *otherwise,
    struct open_multipart *open)
{
	GMimeContentType *ct;
	struct buf value;
	char text[HEADER_BYTES], type[64], subtype[64];
	const char *boundary;
	bool found, is_open = false;

	found = fields_find(p->header, "Content-Type", 0, &value);
	span_copy(found ? buf_span(&value) : span_of(otherwise), text,
	    sizeof(text));
	buf_done(&value);
	ct = g_mime_content_type_parse(NULL, text);
	lower(g_mime_content_type_get_media_type(ct), type, sizeof(type));
	lower(g_mime_content_type_get_media_subtype(ct), subtype,
	    sizeof(subtype));
	g_snprintf(p->type, sizeof(p->type), "%s/%s", type, subtype);
	lower(g_mime_content_type_get_parameter(ct, "report-type"),
	    p->report_type, sizeof(p->report_type));
	lower(g_mime_content_type_get_parameter(ct, "charset"), p->charset,
	    sizeof(p->charset));
	boundary = g_mime_content_type_get_parameter(ct, "boundary");
	if (strcmp(type, "multipart") == 0 && boundary != NULL &&
	    boundary[0] != '\0' && strlen(boundary) < BOUNDARY_BYTES) {
		open->boundary_len = strlen(boundary);
		memcpy(open->boundary, boundary, open->boundary_len + 1);
		is_open = true;
	}
	g_object_unref(ct);
	return is_open;
}

static bool
in_header(const struct cutter *c)
{
	return c->part != MIME_NO_PARENT && c->in_header;
}

static bool
begin_part(struct cutter *c, const char *at)
{
	struct mime *m = c->m;
	struct mime_part *p;

	if (m->parts_n == LIMIT_MIME_PARTS) {
		error_set(c->err, ERROR_LIMIT, "more than %d parts",
		    LIMIT_MIME_PARTS);
		return false;
	}
	if (m->parts_n == m->parts_room) {
		m->parts_room = m->parts_room == 0 ? 8 : 2 * m->parts_room;
		m->parts =
		    mem_resize(m->parts, m->parts_room, sizeof(m->parts[0]));
	}
	p = &m->parts[m->parts_n];
	*p = (struct mime_part){ .parent = MIME_NO_PARENT, .depth = c->open_n };
	if (c->open_n != 0)
		p->parent = c->open[c->open_n - 1].part;
	c->part = m->parts_n++;
	c->in_header = true;
	c->begin = at;
	return true;
}

/* The header of the current part ends at end, its body begins at body. */
static bool
end_header(struct cutter *c, const char *end, const char *body)
{
	struct mime_part *p = &c->m->parts[c->part], *parent;
	struct open_multipart open = { .part = c->part };
	const char *otherwise = "text/plain";

	if (end - c->begin > LIMIT_MIME_HEADER_BYTES) {
		error_set(c->err, ERROR_LIMIT, "a header of more than %d bytes",
		    LIMIT_MIME_HEADER_BYTES);
		return false;
	}
	/* RFC 2046 5.1.5 */
	if (p->parent != MIME_NO_PARENT) {
		parent = &c->m->parts[p->parent];
		if (strcmp(parent->type, "multipart/digest") == 0)
			otherwise = "message/rfc822";
	}
	p->header = (struct span){ c->begin, (size_t)(end - c->begin) };
	c->in_header = false;
	c->begin = body;
	if (!read_type(p, otherwise, &open))
		return true;
	if (c->open_n == LIMIT_MIME_DEPTH) {
		error_set(c->err, ERROR_LIMIT, "nested deeper than %d levels",
		    LIMIT_MIME_DEPTH);
		return false;
	}
	c->open[c->open_n++] = open;
	c->part = MIME_NO_PARENT;
	return true;
}

/* The current part ends at end, by a boundary line or with the mail. */
static bool
end_part(struct cutter *c, const char *end, bool by_boundary)
{
	struct mime_part *p;
	size_t len;

	if (c->part == MIME_NO_PARENT)
		return true;
	if (in_header(c) && !end_header(c, end, end))
		return false;
	if (c->part == MIME_NO_PARENT)
		return true;
	p = &c->m->parts[c->part];
	len = (size_t)(end - c->begin);
	/* The line break before a boundary belongs to it (RFC 2046 5.1.1). */
	if (by_boundary && len > 0 && c->begin[len - 1] == '\n')
		len -= len > 1 && c->begin[len - 2] == '\r' ? 2 : 1;
	p->body = (struct span){ c->begin, len };
	p->ended = by_boundary;
	c->part = MIME_NO_PARENT;
	return true;
}

/*
 * Whose delimiter a line is: the place in c->open, or open_n if it is none.
 * *closing: it is the last one of that multipart.
 */
static size_t
find_delimiter(const struct cutter *c, struct span line, bool *closing)
{
	if (line.len < 3 || line.p[0] != '-' || line.p[1] != '-')
		return c->open_n;
	line = span_trim(line);
	for (size_t i = c->open_n; i-- > 0;) {
		const struct open_multipart *o = &c->open[i];
		size_t more = line.len - 2 - o->boundary_len;

		if (line.len < 2 + o->boundary_len || (more != 0 && more != 2))
			continue;
		if (memcmp(line.p + 2, o->boundary, o->boundary_len) != 0)
			continue;
		*closing = more == 2;
		if (more == 0 || memcmp(line.p + line.len - 2, "--", 2) == 0)
			return i;
	}
	return c->open_n;
}

/* A header ends at a blank line, or before what can't be a field. */
static bool
header_line(struct cutter *c, struct span line, const char *next)
{
	bool first = line.p == c->begin;

	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	if (line.len == 0)
		return end_header(c, line.p, next);
	if (!first && (line.p[0] == ' ' || line.p[0] == '\t'))
		return true;
	if (fields_line_is_field(line))
		return true;
	if (first && (span_starts_nocase(line, "From ") ||
			 span_starts_nocase(line, ">From "))) {
		c->begin = next;
		return true;
	}
	return end_header(c, line.p, line.p);
}

static bool
cut_parts(struct cutter *c, struct span mail)
{
	struct span rest = mail, line;
	bool closing;

	if (!begin_part(c, mail.p))
		return false;
	while (span_cut(&rest, '\n', &line)) {
		size_t whose = find_delimiter(c, line, &closing);

		if (whose == c->open_n && in_header(c)) {
			if (!header_line(c, line, rest.p))
				return false;
			/* It may be the delimiter of a multipart that this
			 * header began, with no blank line between. */
			whose = find_delimiter(c, line, &closing);
		}
		if (whose == c->open_n)
			continue;
		if (!end_part(c, line.p, true))
			return false;
		c->open_n = whose + (closing ? 0 : 1);
		if (!closing && !begin_part(c, rest.p))
			return false;
	}
	return end_part(c, mail.p + mail.len, false);
}

/* A mail whose lines end with CR alone gets LFs, in a copy. */
static struct span
with_line_feeds(struct mime *m, struct span mail)
{
	if (span_find(mail, '\n') != mail.len ||
	    span_find(mail, '\r') == mail.len)
		return mail;
	buf_add_span(&m->text, mail);
	for (size_t i = 0; i < m->text.len; i++)
		if (m->text.p[i] == '\r')
			m->text.p[i] = '\n';
	return buf_span(&m->text);
}

bool
mime_open(struct mime *m, struct span mail, struct error *err)
{
	struct cutter c = { .m = m, .err = err };

	*m = (struct mime){ 0 };
	while (mail.len > 0 && (mail.p[0] == '\n' || mail.p[0] == '\r')) {
		mail.p++;
		mail.len--;
	}
	if (mail.len == 0) {
		error_set(err, ERROR_INVALID, "empty");
		return false;
	}
	if (mail.len > LIMIT_REPORT_BYTES) {
		error_set(err, ERROR_LIMIT, "larger than %ld bytes",
		    LIMIT_REPORT_BYTES);
		return false;
	}
	pthread_once(&gmime_once, g_mime_init);
	buf_init(&m->text, LIMIT_REPORT_BYTES);
	m->decoded = mem_new(LIMIT_MIME_PARTS, sizeof(m->decoded[0]));
	mail = with_line_feeds(m, mail);
	if (!cut_parts(&c, mail)) {
		mime_done(m);
		return false;
	}
	m->body.p = m->parts[0].header.p + m->parts[0].header.len;
	m->body.len = (size_t)(mail.p + mail.len - m->body.p);
	return true;
}

void
mime_done(struct mime *m)
{
	for (size_t i = 0; i < m->parts_n; i++)
		free(m->decoded[i]);
	free(m->decoded);
	free(m->parts);
	buf_done(&m->text);
	*m = (struct mime){ 0 };
}

static GMimeContentEncoding
read_encoding(struct span header)
{
	struct buf value;
	GMimeContentEncoding encoding = GMIME_CONTENT_ENCODING_DEFAULT;

	if (fields_find(header, "Content-Transfer-Encoding", 0, &value))
		encoding =
		    g_mime_content_encoding_from_string(buf_text(&value));
	buf_done(&value);
	return encoding;
}

static bool
is_encoded(GMimeContentEncoding encoding)
{
	return encoding == GMIME_CONTENT_ENCODING_BASE64 ||
	       encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
	       encoding == GMIME_CONTENT_ENCODING_UUENCODE;
}

struct span
mime_content(struct mime *m, size_t part, bool *whole)
{
	struct span body = m->parts[part].body;
	GMimeContentEncoding encoding = read_encoding(m->parts[part].header);
	GMimeEncoding state;

	*whole = m->parts[part].ended;
	if (is_encoded(encoding)) {
		/* More than this base64 does not need for a whole part. */
		if (body.len > 2 * LIMIT_PART_BYTES) {
			body.len = 2 * LIMIT_PART_BYTES;
			*whole = false;
		}
		g_mime_encoding_init_decode(&state, encoding);
		free(m->decoded[part]);
		m->decoded[part] =
		    mem_new(g_mime_encoding_outlen(&state, body.len) + 1, 1);
		body.len = g_mime_encoding_flush(&state, body.p, body.len,
		    m->decoded[part]);
		body.p = m->decoded[part];
	}
	if (body.len > LIMIT_PART_BYTES) {
		body.len = LIMIT_PART_BYTES;
		*whole = false;
	}
	return body;
}

size_t
mime_find(const struct mime *m, const char *type, size_t parent, size_t from)
{
	size_t i = from;

	while (i < m->parts_n && (m->parts[i].parent != parent ||
				     strcmp(m->parts[i].type, type) != 0))
		i++;
	return i;
}

void
mime_words(struct span value, char *out, size_t size)
{
	char text[HEADER_BYTES];
	char *words;

	pthread_once(&gmime_once, g_mime_init);
	span_copy(value, text, sizeof(text));
	words = g_mime_utils_header_decode_text(NULL, text);
	span_copy(span_of(words), out, size);
	g_free(words);
}

bool
mime_date(struct span value, int64_t *at)
{
	char text[HEADER_BYTES];
	GDateTime *date;

	pthread_once(&gmime_once, g_mime_init);
	span_copy(value, text, sizeof(text));
	date = g_mime_utils_header_decode_date(text);
	if (date == NULL)
		return false;
	*at = g_date_time_to_unix(date);
	g_date_time_unref(date);
	return true;
}
