#include "ctl/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctl/process.h"
#include "message/jsonwalk.h"

/* Ids on one command line. */
#define REMOVE_AT_ONCE 500

static void
add_recipient(struct queue_mail *m, struct span raw)
{
	char text[LIMIT_VALUE_TEXT];
	struct error ignored;
	struct addr a, *kept;

	if (!jsonwalk_text(raw, text, sizeof(text)) ||
	    !addr_parse(span_of(text), &a, &ignored))
		return;
	/* One by one: an address that is moved points to where it was. */
	kept = mem_new(1, sizeof(*kept));
	addr_copy(kept, &a);
	m->recipients = mem_resize(m->recipients, m->recipients_n + 1,
	    sizeof(*m->recipients));
	m->recipients[m->recipients_n++] = kept;
}

static void
take(void *arg, const char *path, const struct span *raw)
{
	struct queue_mail *m = arg;
	const struct {
		const char *path;
		char *out;
		size_t size;
	} texts[] = {
		{ "queue_id", m->id, sizeof(m->id) },
		{ "queue_name", m->queue, sizeof(m->queue) },
		{ "sender", m->sender, sizeof(m->sender) },
	};

	if (raw == NULL && strcmp(path, "recipients[]") == 0)
		m->all_n++;
	for (size_t i = 0; raw != NULL && i < ARRAY_LEN(texts); i++)
		if (strcmp(path, texts[i].path) == 0 &&
		    !jsonwalk_text(*raw, texts[i].out, texts[i].size))
			texts[i].out[0] = '\0';
	if (raw != NULL && strcmp(path, "recipients[].address") == 0)
		add_recipient(m, *raw);
}

/* An id goes to a command line: letters and digits, as Postfix makes them. */
static bool
is_id(const char *id)
{
	return id[0] != '\0' &&
	       id[strspn(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

bool
queue_mail_read(struct span line, struct queue_mail *m, struct error *err)
{
	struct span whole = span_trim(line);

	*m = (struct queue_mail){ 0 };
	jsonwalk(whole, take, m);
	if (whole.len > 1 && whole.p[0] == '{' &&
	    whole.p[whole.len - 1] == '}' && is_id(m->id) &&
	    m->recipients_n <= m->all_n)
		return true;
	queue_mail_done(m);
	error_set(err, ERROR_INVALID, "no mail as postqueue -j tells it: %.*s",
	    (int)(whole.len < 80 ? whole.len : 80), whole.p);
	return false;
}

void
queue_mail_done(struct queue_mail *m)
{
	for (size_t i = 0; i < m->recipients_n; i++)
		free(m->recipients[i]);
	free(m->recipients);
	*m = (struct queue_mail){ 0 };
}

bool
queue_list(const char *dir, struct buf *out, struct error *err)
{
	const char *const argv[] = { "postqueue", "-j",
		dir != NULL ? "-c" : NULL, dir, NULL };

	return process_read(argv, out, err);
}

bool
queue_remove(const char *dir, const char *const *ids, size_t n,
    struct error *err)
{
	const char *argv[4 + 2 * REMOVE_AT_ONCE];
	struct buf ignored;
	bool ok = true;

	buf_init(&ignored, 65536);
	for (size_t at = 0; ok && at < n;) {
		size_t words = 0;

		argv[words++] = "postsuper";
		if (dir != NULL) {
			argv[words++] = "-c";
			argv[words++] = dir;
		}
		for (size_t i = 0; i < REMOVE_AT_ONCE && at < n; i++) {
			argv[words++] = "-d";
			argv[words++] = ids[at++];
		}
		argv[words] = NULL;
		ok = process_read(argv, &ignored, err);
	}
	buf_done(&ignored);
	return ok;
}
