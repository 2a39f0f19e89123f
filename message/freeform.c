#include "message/freeform.h"

#include <string.h>

#include "base/limits.h"
#include "message/fields.h"
#include "message/notice.h"
#include "message/recipients.h"
#include "message/returned.h"

/* Parts for people that are read; bounces have one, or two in two forms. */
#define TEXTS_MAX 4

/* A part for people: not an attachment of the returned message. */
static bool
is_text(const struct mime_part *p)
{
	struct buf name;
	bool attached = false;

	if (strcmp(p->type, "text/plain") != 0 &&
	    strcmp(p->type, "text/html") != 0)
		return false;
	if (p->parent != MIME_NO_PARENT &&
	    fields_find(p->header, "Received", 0, &name))
		attached = true;
	else
		buf_init(&name, 1);
	buf_done(&name);
	return !attached;
}

/*
 * The message returned as a part: beside the text or further out. Some write
 * its header where that of the part belongs.
 */
static void
find_returned(struct mime *m, size_t part, struct report *out)
{
	size_t parent = m->parts[part].parent;

	while (!out->returned.present && parent != MIME_NO_PARENT) {
		returned_read(m, parent, &out->returned);
		parent = m->parts[parent].parent;
	}
	for (size_t i = part + 1; i < m->parts_n; i++)
		if (!out->returned.present && !is_text(&m->parts[i]) &&
		    strncmp(m->parts[i].type, "text/", 5) == 0)
			returned_message(m->parts[i].header,
			    m->parts[i].body.len != 0, &out->returned);
}

static bool
read_notice(struct mime *m, const struct notice *n, size_t part, unsigned signs,
    struct report *out)
{
	struct freeform_head head = { .signs = signs };
	struct buf failed, to;
	bool found;

	(void)fields_find(m->parts[0].header, "X-Failed-Recipients", 0,
	    &failed);
	(void)fields_find(m->parts[0].header, "To", 0, &to);
	head.failed = buf_span(&failed);
	head.to = buf_span(&to);
	found = freeform_notice(n, &head, out);
	buf_done(&failed);
	buf_done(&to);
	if (!found) {
		out->recipients_n = 0;
		return false;
	}
	find_returned(m, part, out);
	if (!out->returned.present)
		returned_message(n->returned, false, &out->returned);
	return true;
}

/*
 * A bounce that somebody passes on in the text of a mail: where the quoted
 * header has a From of a mail system, what follows that header is read.
 */
static bool
read_forwarded(struct mime *m, size_t part, struct report *out)
{
	struct notice n;
	struct span rest, line, inside = { NULL, 0 };
	bool whole, in_header = false, found = false;

	rest = mime_content(m, part, &whole);
	notice_open_text(&n, rest, true);
	rest = buf_span(&n.text);
	while (inside.p == NULL && span_line(&rest, &line)) {
		line = span_trim(line);
		if (span_starts_nocase(line, "From:") && line.len > 6)
			in_header = notice_is_system(
			    (struct span){ line.p + 5, line.len - 5 });
		if (in_header && line.len == 0)
			inside = rest;
	}
	if (inside.p != NULL) {
		struct notice quoted;

		notice_open_text(&quoted, inside, false);
		found = read_notice(m, &quoted, part,
		    NOTICE_SYSTEM | NOTICE_SUBJECT, out);
		notice_done(&quoted);
	}
	notice_done(&n);
	return found;
}

static bool
read_part(struct mime *m, size_t part, unsigned signs, struct report *out)
{
	struct notice n;
	bool found;

	if (signs & NOTICE_FORWARD && !(signs & NOTICE_SYSTEM))
		return read_forwarded(m, part, out);
	notice_open(&n, m, part);
	found = read_notice(m, &n, part, signs, out);
	notice_done(&n);
	return found;
}

/*
 * A multipart without parts: its boundary is missing, or is another one in
 * its header than in its lines. All of it is one text.
 */
static bool
read_unbounded(struct mime *m, size_t part, unsigned signs, struct report *out)
{
	const struct mime_part *p = &m->parts[part];
	struct notice n;
	bool found;

	if (strncmp(p->type, "multipart/", 10) != 0 ||
	    (part + 1 < m->parts_n && m->parts[part + 1].parent == part))
		return false;
	notice_open_text(&n, part == 0 ? m->body : p->body, false);
	found = read_notice(m, &n, part, signs, out);
	notice_done(&n);
	return found;
}

bool
freeform_read(struct mime *m, struct report *out)
{
	unsigned signs = notice_signs(m, out);
	size_t texts = 0;
	bool found = false;

	/* A list that passes a bounce on, or a person who speaks of one. */
	if (signs & NOTICE_REPLY ||
	    (signs & NOTICE_LIST && !(signs & NOTICE_SYSTEM)))
		return false;
	if (!(signs & (NOTICE_SYSTEM | NOTICE_SUBJECT | NOTICE_NULL |
			  NOTICE_FAILED | NOTICE_REPORT | NOTICE_FORWARD)))
		return false;
	for (size_t i = 0; i < m->parts_n && texts < TEXTS_MAX && !found; i++) {
		if (is_text(&m->parts[i])) {
			texts++;
			found = read_part(m, i, signs, out);
		} else {
			found = read_unbounded(m, i, signs, out);
		}
	}
	if (!found)
		return false;
	out->type = recipients_type(out);
	out->note[0] = '\0';
	if (out->type == REPORT_NONE)
		recipients_note(out, "a notice in which nothing failed");
	return true;
}

/* The fields say that it failed, and nothing of why. */
static bool
wants_reason(const struct report_recipient *r)
{
	return r->action == DSN_FAILED && r->diagnostic[0] == '\0' &&
	       r->status.subject == 0 && r->status.detail == 0 &&
	       r->final.valid;
}

static void
take_reason(const struct report *said, struct report_recipient *r)
{
	for (size_t i = 0; i < said->recipients_n; i++) {
		const struct report_recipient *s = &said->recipients[i];

		if (!s->final.valid ||
		    strcmp(s->final.addr.text, r->final.addr.text) != 0)
			continue;
		memcpy(r->diagnostic, s->diagnostic, sizeof(r->diagnostic));
		r->diagnostic_status = s->diagnostic_status;
		r->reply_code = s->reply_code;
		return;
	}
}

void
freeform_reasons(struct mime *m, struct report *out)
{
	struct report said = { .format = "" };
	size_t n = 0;

	for (size_t i = 0; i < out->recipients_n; i++)
		n += wants_reason(&out->recipients[i]);
	if (n == 0)
		return;
	memcpy(said.from, out->from, sizeof(said.from));
	memcpy(said.subject, out->subject, sizeof(said.subject));
	memcpy(said.auto_submitted, out->auto_submitted,
	    sizeof(said.auto_submitted));
	if (freeform_read(m, &said))
		for (size_t i = 0; i < out->recipients_n; i++)
			if (wants_reason(&out->recipients[i]))
				take_reason(&said, &out->recipients[i]);
	report_done(&said);
}
