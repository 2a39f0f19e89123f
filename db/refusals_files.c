/*
 * refusals_files - the lines and the names of the files.
 *
 * On disk, one line, members in this order:
 *
 *	v	1
 *	ts	when, RFC 3339
 *	action	what was done
 *	recipient, value	who did not get the mail, and what blocked it
 *	source, since	the reason for which it did
 *	stream	of the mail
 *	sender, login, client, id	whose mail it was, and its queue id
 *	contact	whose block put the reason, if one did
 *	crc	CRC-32C of all bytes before ,"crc"
 *
 * A line {"v":1,"ts":T,"lost":N,"crc":C} tells that N are missing before it.
 * Unknown members are passed over.
 */
#include "db/refusals_impl.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/line.h"

static void
put_time(struct buf *out, const char *name, int64_t at)
{
	char text[CLOCK_TEXT];

	clock_format(at, text);
	json_text(out, name, span_of(text));
}

void
refusal_encode(const struct refusal *one, struct buf *out)
{
	size_t from = out->len;

	json_begin(out);
	json_int(out, "v", 1);
	put_time(out, "ts", one->at);
	json_text(out, "action", span_of(one->action));
	json_text(out, "recipient", span_of(one->recipient));
	json_text(out, "value", span_of(one->value));
	json_text(out, "source",
	    span_of(names_text(source_names, (int)one->source)));
	put_time(out, "since", one->since);
	json_text(out, "stream", span_of(one->stream));
	json_text(out, "sender", span_of(one->sender));
	json_text(out, "login", span_of(one->login));
	json_text(out, "client", span_of(one->client));
	json_text(out, "id", span_of(one->queue_id));
	if (one->contact[0] != '\0')
		json_text(out, "contact", span_of(one->contact));
	line_seal(out, from);
}

void
refusal_encode_lost(int64_t at, uint64_t lost, struct buf *out)
{
	size_t from = out->len;

	json_begin(out);
	json_int(out, "v", 1);
	put_time(out, "ts", at);
	json_int(out, "lost", (int64_t)lost);
	line_seal(out, from);
}

static bool
get_time(const struct json_reader *r, int64_t *at)
{
	char text[CLOCK_TEXT];
	struct error ignored;

	return json_get(r, text, sizeof(text)) &&
	       clock_parse(span_of(text), at, &ignored);
}

static bool
get_source(const struct json_reader *r, enum source *source)
{
	int number;

	if (!names_number(source_names, r->raw, &number))
		return false;
	*source = (enum source)number;
	return true;
}

/* One member. */
static bool
take(const struct json_reader *r, struct refusal *out, uint64_t *lost)
{
	const struct {
		const char *name;
		char *text;
		size_t size;
	} texts[] = {
		{ "action", out->action, sizeof(out->action) },
		{ "recipient", out->recipient, sizeof(out->recipient) },
		{ "value", out->value, sizeof(out->value) },
		{ "stream", out->stream, sizeof(out->stream) },
		{ "sender", out->sender, sizeof(out->sender) },
		{ "login", out->login, sizeof(out->login) },
		{ "client", out->client, sizeof(out->client) },
		{ "id", out->queue_id, sizeof(out->queue_id) },
		{ "contact", out->contact, sizeof(out->contact) },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!span_is(r->name, texts[i].name))
			continue;
		/* Bytes that are not UTF-8 may have become too many. */
		if (!json_get(r, texts[i].text, texts[i].size))
			texts[i].text[0] = '\0';
		return true;
	}
	if (span_is(r->name, "ts"))
		return get_time(r, &out->at);
	if (span_is(r->name, "since"))
		return get_time(r, &out->since);
	if (span_is(r->name, "source"))
		return get_source(r, &out->source);
	if (span_is(r->name, "lost") && r->type == JSON_INT && r->number > 0)
		*lost = (uint64_t)r->number;
	return true;
}

bool
refusal_decode(struct span line, struct refusal *out, uint64_t *lost)
{
	struct json_reader r;
	struct error ignored;
	bool ok = line_check(line, &ignored);

	*out = (struct refusal){ 0 };
	*lost = 0;
	json_open(&r, line);
	while (ok && json_next(&r))
		ok = take(&r, out, lost);
	return ok && json_close(&r, &ignored) && out->at != 0 &&
	       (*lost > 0 || out->source != 0);
}

void
refusals_path(const char *dir, int64_t day, char out[REFUSALS_PATH_TEXT])
{
	char date[CLOCK_TEXT];

	clock_format(day * CLOCK_DAY_S, date);
	snprintf(out, REFUSALS_PATH_TEXT,
	    "%s/" REFUSALS_DIR_NAME "/%.10s.jsonl", dir, date);
}

/* "2026-11-26.jsonl"; false: no file of ours. */
static bool
day_of(const char *name, int64_t *day)
{
	struct span rest = span_of(name), date;
	struct error ignored;

	if (!span_cut(&rest, '.', &date) || !span_is(rest, "jsonl") ||
	    date.len != 10 || !clock_parse(date, day, &ignored))
		return false;
	*day /= CLOCK_DAY_S;
	return true;
}

static int
earlier_first(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

bool
refusals_days(const char *dir, int64_t **days, size_t *n, struct error *err)
{
	char path[REFUSALS_PATH_TEXT];
	const char *name;
	DIR *d;
	bool ok;

	*days = NULL;
	*n = 0;
	snprintf(path, sizeof(path), "%s/" REFUSALS_DIR_NAME, dir);
	d = opendir(path);
	if (d == NULL && errno == ENOENT)
		return true;
	if (d == NULL) {
		error_errno(err, "%.180s", path);
		return false;
	}
	while ((ok = file_next_name(d, path, &name, err)) && name != NULL) {
		int64_t day;

		if (!day_of(name, &day))
			continue;
		*days = mem_resize(*days, *n + 1, sizeof(**days));
		(*days)[(*n)++] = day;
	}
	closedir(d);
	if (!ok) {
		free(*days);
		*days = NULL;
		*n = 0;
	}
	if (*n > 0)
		qsort(*days, *n, sizeof(**days), earlier_first);
	return ok;
}
