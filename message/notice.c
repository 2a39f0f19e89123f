#include "message/notice.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "message/charset.h"
#include "message/fields.h"
#include "message/html.h"

/* Lines between the announcement of a returned header and the header. */
#define ANNOUNCEMENT_LINES 4

/* What is decoded of a HTML part: more than its text, mostly styles. */
#define HTML_BYTES (4UL * LIMIT_NOTICE_BYTES)

/*
 * Lines after which the returned message comes, without the rules and blanks
 * in front of them. MTAs put a line of their own there, in many words.
 */
static const char *const endings[] = {
	"below this line is a copy",       /* qmail, Yahoo */
	"below the next line is a copy",   /* newmail.ru */
	"below is a copy of the original", /* OpenSMTPD */
	"enclosed is a copy",              /* qmail, IndiMail */
	"attachment is a copy",            /* Eyou */
	"included is a copy",              /* MX Logic */
	"this is a copy of",               /* Exim */
	"a copy of the original message",  /* EarthLink */
	"the header of the original",      /* 1&1, GMX */
	"the header and top",              /* SmarterMail */
	"original message",                /* Google, IMail, Exchange, Yahoo */
	"unsent message follows",          /* sendmail 5 */
	"message header follows",          /* sendmail */
	"message headers follow",          /* DragonFly, MailEnable */
	"message text follows",            /* Smail */
	"returned message",                /* Notes */
	"returned mail",                   /* USA.NET, WebShield */
	"here is your returned mail", "start of returned message", /* Demon */
	"forwarded message",                                       /* Yahoo */
	"mensaje original", /* the same in Spanish */
	"the attachment contains the original mail headers",
	"old message",                                    /* Microsoft SMTP */
	"your message reads", "original mail as follows", /* fml */
};

/* Fields with which a returned header begins, when no line announces it. */
static const char *const header_starts[] = {
	"Received",
	"Return-Path",
	"DKIM-Signature",
	"Delivered-To",
	"X-Originating-IP",
};

static bool
is_ending(struct span line)
{
	while (line.len > 0 && strchr(" \t-*=_#[|", line.p[0]) != NULL) {
		line.p++;
		line.len--;
	}
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (span_starts_nocase(line, endings[i]))
			return true;
	return false;
}

static bool
is_header_start(struct span line)
{
	size_t colon = span_find(line, ':');
	struct span name = { line.p, colon };

	if (colon == line.len || colon > 20)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(header_starts); i++)
		if (span_is_nocase(name, header_starts[i]))
			return true;
	return false;
}

/* Where the notice ends: sets body and returned; the end of flat. */
static size_t
cut_returned(struct notice *n)
{
	struct span rest = buf_span(&n->text), line;
	const char *begin = rest.p;

	n->body = rest;
	while (span_cut(&rest, '\n', &line)) {
		bool header = is_header_start(line);

		if (!header && !is_ending(line))
			continue;
		n->body.len = (size_t)(line.p - begin);
		n->whole = true;
		n->returned = rest;
		if (header)
			n->returned = (struct span){ line.p,
				(size_t)(begin + n->text.len - line.p) };
		return (size_t)(n->returned.p - begin);
	}
	return n->body.len;
}

size_t
notice_white(struct span text)
{
	const char *s = text.p;
	size_t len = text.len;

	if (len == 0)
		return 0;
	if (s[0] == ' ' || s[0] == '\t' || s[0] == '\r' || s[0] == '\n')
		return 1;
	return len >= 2 && memcmp(s, "\xC2\xA0", 2) == 0 ? 2 : 0;
}

/* U+2019, which word processors make of an apostrophe. */
static bool
is_quote(const char *s, size_t len)
{
	return len >= 3 && memcmp(s, "\xE2\x80\x99", 3) == 0;
}

static void
flatten(struct notice *n, size_t len)
{
	const char *p = n->text.p;

	n->places = mem_new(len + 1, sizeof(n->places[0]));
	for (size_t i = 0, step; i < len; i += step) {
		bool blank =
		    n->flat.len > 0 && n->flat.p[n->flat.len - 1] == ' ';

		step = notice_white((struct span){ p + i, len - i });
		if (step != 0 && blank)
			continue;
		n->places[n->flat.len] = (uint32_t)i;
		if (step != 0) {
			buf_add_char(&n->flat, ' ');
		} else if (is_quote(p + i, len - i)) {
			buf_add_char(&n->flat, '\'');
			step = 3;
		} else {
			buf_add_char(&n->flat,
			    (char)tolower((unsigned char)p[i]));
			step = 1;
		}
	}
	n->places[n->flat.len] = (uint32_t)len;
}

/* More of the announcement, in another language: no header begins so. */
static void
skip_words(struct span *returned)
{
	struct span rest = *returned, line;

	for (int lines = 0; lines < ANNOUNCEMENT_LINES; lines++) {
		if (!span_line(&rest, &line) || fields_line_is_field(line))
			return;
		*returned = rest;
	}
}

static void
begin(struct notice *n)
{
	*n = (struct notice){ 0 };
	buf_init(&n->text, LIMIT_NOTICE_BYTES);
	buf_init(&n->flat, LIMIT_NOTICE_BYTES);
}

/* whole: the last line is all there, though it has no end. */
static void
finish(struct notice *n, bool whole)
{
	if (n->text.full || !whole)
		while (n->text.len > 0 && n->text.p[n->text.len - 1] != '\n')
			n->text.len--;
	n->whole = whole && !n->text.full;
	flatten(n, cut_returned(n));
	skip_words(&n->returned);
}

void
notice_open(struct notice *n, struct mime *m, size_t part)
{
	struct mime_part *p = &m->parts[part];
	struct buf html;
	bool is_html = strcmp(p->type, "text/html") == 0;
	size_t limit = is_html ? HTML_BYTES : LIMIT_NOTICE_BYTES;
	struct span content;
	bool whole;

	begin(n);
	content = mime_content(m, part, &whole);
	if (content.len > limit) {
		content.len = limit;
		whole = false;
	}
	if (is_html) {
		buf_init(&html, HTML_BYTES);
		charset_add(content, p->charset, &html);
		html_add_text(buf_span(&html), whole, &n->text);
		buf_done(&html);
	} else {
		charset_add(content, p->charset, &n->text);
	}
	finish(n, whole);
}

void
notice_open_text(struct notice *n, struct span text, bool unquote)
{
	struct span line;

	begin(n);
	while (!n->text.full && span_line(&text, &line)) {
		if (unquote && line.len > 0 && line.p[0] == '>') {
			line.p++;
			line.len--;
			if (line.len > 0 && line.p[0] == ' ') {
				line.p++;
				line.len--;
			}
		}
		buf_add_span(&n->text, line);
		if (line.p + line.len != text.p || text.len != 0)
			buf_add_char(&n->text, '\n');
	}
	finish(n, false);
}

void
notice_done(struct notice *n)
{
	buf_done(&n->text);
	buf_done(&n->flat);
	free(n->places);
	*n = (struct notice){ 0 };
}

bool
notice_has(const struct notice *n, const char *phrase, size_t *place)
{
	size_t len = strlen(phrase);
	const char *at;

	if (n->flat.len < len)
		return false;
	at = memmem(n->flat.p, n->flat.len, phrase, len);
	if (at == NULL)
		return false;
	*place = n->places[(size_t)(at - n->flat.p)];
	return true;
}
