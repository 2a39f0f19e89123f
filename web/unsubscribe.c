/*
 * Leaving by a link: one click (RFC 8058), and the page for people. The link
 * says whom it is for: there is no log-in, no cookie and no redirect.
 */
#include "web/handlers.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "web/form.h"
#include "web/pages.h"

#define ACTOR "unsubscribe"

/* For so long what a link has done can be taken back by the link. */
#define UNDO_S 3600

/* Reasons of one value that one request takes back. */
#define UNDO_MAX 16

/* Whom a link is for. */
struct leaver {
	struct value value;
	char stream[LIMIT_STREAM_TEXT]; /* "*": all, by setting */
};

static void
show(const struct request *r, struct answer *a, enum page page,
    const struct leaver *who, const char *text)
{
	const struct page_about about = { .accept = r->language,
		.address = who != NULL ? who->value.text : "",
		.stream = who != NULL ? who->stream : "",
		.text = text };

	a->type = "text/html; charset=utf-8";
	pages_render(r->web->pages, page, &about, &a->body);
}

/* Nothing was done. */
static void
refuse(const struct request *r, struct answer *a, int status, const char *text)
{
	a->status = status;
	show(r, a, PAGE_MESSAGE, NULL, text);
}

static void
fail(const struct request *r, struct answer *a, const struct error *err)
{
	log_error("unsubscribe: %s", err->text);
	a->retry_after_s = ANSWER_RETRY_S;
	refuse(r, a, 503, "busy");
}

static bool
read_leaver(struct span line, struct leaver *who)
{
	char address[LIMIT_VALUE_TEXT];
	struct error ignored;
	struct json_reader j;
	bool ok = true;

	address[0] = '\0';
	json_open(&j, line);
	while (ok && json_next(&j)) {
		if (span_is(j.name, "address"))
			ok = json_get(&j, address, sizeof(address));
		else if (span_is(j.name, "stream"))
			ok = json_get(&j, who->stream, sizeof(who->stream));
	}
	value_of(&who->value, KIND_EMAIL, address);
	return ok && json_close(&j, &ignored) && address[0] != '\0';
}

/* The keys are the daemon's. False: *a says why not. */
static bool
find_leaver(const struct request *r, struct leaver *who, struct answer *a)
{
	char token[LIMIT_WEB_HEADER_BYTES];
	struct error err = { 0 };
	struct buf line;
	bool ok = false;

	*who = (struct leaver){ 0 };
	buf_init(&line, LIMIT_WEB_HEADER_BYTES);
	if (!form_decode(r->rest, false, token, sizeof(token)))
		err.code = ERROR_INVALID;
	else
		ok = store_ask(r->web->store, "token", span_of(token), &line,
			 &err) &&
		     read_leaver(buf_span(&line), who);
	if (!ok && err.code == ERROR_INVALID)
		refuse(r, a, 404, "unknown");
	else if (!ok)
		fail(r, a, &err);
	buf_done(&line);
	return ok;
}

/* GET changes nothing: mail programs and scanners open every link. */
void
handle_unsubscribe_page(const struct request *r, struct answer *a)
{
	struct leaver who;

	/* Where a stream's mail stops all mail, there is nothing to choose. */
	if (find_leaver(r, &who, a))
		show(r, a,
		    strcmp(who.stream, "*") == 0 ? PAGE_ASK_ALL : PAGE_ASK,
		    &who, NULL);
}

/* What stands there already. */
struct standing {
	const struct leaver *who;
	int64_t now;
	bool found;                   /* a wish that covers who->stream */
	struct change undo[UNDO_MAX]; /* of what a link did of late */
	size_t undo_n;
};

static bool
look(const struct reason_row *row, void *arg)
{
	struct standing *s = arg;
	const char *stream = row->last->stream;
	struct change *c;

	if (row->reason->source != SOURCE_LEAD)
		return true;
	if (strcmp(stream, "*") == 0 || strcmp(stream, s->who->stream) == 0)
		s->found = true;
	if (strcmp(row->first->by, ACTOR) != 0 ||
	    row->reason->since <= s->now - UNDO_S || s->undo_n == UNDO_MAX)
		return true;
	c = &s->undo[s->undo_n++];
	*c = (struct change){ .op = CHANGE_REMOVE,
		.value = s->who->value,
		.source = SOURCE_LEAD,
		.began = row->reason->since,
		.by = ACTOR,
		.why = "taken back by the link",
		.force = true };
	(void)span_copy(span_of(stream), c->stream, sizeof(c->stream));
	return true;
}

static bool
commit(const struct request *r, const struct change *c, size_t n,
    struct answer *a)
{
	struct change_result results[UNDO_MAX];
	struct error err;

	if (n == 0 || store_change(r->web->store, c, n, results, &err))
		return true;
	fail(r, a, &err);
	return false;
}

/* A wish that stands already is not written again: a link that is clicked a
 * thousand times is one line of the history. */
static bool
leave(const struct request *r, const struct standing *s, const char *why,
    struct answer *a)
{
	struct change c = { .op = CHANGE_ADD,
		.value = s->who->value,
		.source = SOURCE_LEAD,
		.by = ACTOR,
		.evidence = { .report = "unsubscribe",
		    .trust = "believed",
		    .proof = "token" } };

	(void)span_copy(span_of(s->who->stream), c.stream, sizeof(c.stream));
	(void)span_copy(span_of(why), c.why, sizeof(c.why));
	return commit(r, &c, s->found ? 0 : 1, a);
}

/* What the form wants. */
enum wish { WISH_NONE, WISH_ONE_CLICK, WISH_STREAM, WISH_ALL, WISH_UNDO };

static enum wish
read_wish(const struct request *r)
{
	static const struct {
		const char *name, *value;
		enum wish wish;
	} wishes[] = {
		{ "List-Unsubscribe", "One-Click", WISH_ONE_CLICK },
		{ "scope", "stream", WISH_STREAM },
		{ "scope", "all", WISH_ALL },
		{ "undo", "1", WISH_UNDO },
	};
	char value[32];

	for (size_t i = 0; i < ARRAY_LEN(wishes); i++)
		if (form_get(r->type, r->body, wishes[i].name, value,
			sizeof(value)) &&
		    strcmp(value, wishes[i].value) == 0)
			return wishes[i].wish;
	return WISH_NONE;
}

void
handle_unsubscribe(const struct request *r, struct answer *a)
{
	enum wish wish = read_wish(r);
	struct leaver who;
	struct standing s = { .who = &who, .now = r->now };
	struct error err;
	size_t n;

	if (!form_is(r->type) || wish == WISH_NONE) {
		refuse(r, a, form_is(r->type) ? 400 : 415, "bad");
		return;
	}
	if (!find_leaver(r, &who, a))
		return;
	if (wish == WISH_ALL)
		(void)span_copy(span_of("*"), who.stream, sizeof(who.stream));
	if (!query_value(r->web->store, &who.value, r->now, look, &s, &n,
		&err)) {
		fail(r, a, &err);
	} else if (wish == WISH_UNDO && s.undo_n == 0) {
		refuse(r, a, 409, "late");
	} else if (wish == WISH_UNDO) {
		if (commit(r, s.undo, s.undo_n, a))
			show(r, a, PAGE_UNDONE, &who, NULL);
	} else if (leave(r, &s,
		       wish == WISH_ONE_CLICK ? "one-click unsubscribe"
					      : "unsubscribed on the page",
		       a)) {
		show(r, a, PAGE_DONE, &who, NULL);
	}
}

void
handle_unsubscribe_style(const struct request *r, struct answer *a)
{
	a->type = "text/css; charset=utf-8";
	buf_add_span(&a->body, pages_style(r->web->pages));
}
