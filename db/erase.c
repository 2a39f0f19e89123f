#include "db/erase.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "db/batch.h"
#include "db/erase_impl.h"
#include "db/refusals_impl.h"

#define MARK "erasing"
#define MARK_FRESH "erasing.new" /* one name: none is left behind */
#define MARK_BYTES (HIDE_TEXTS * 8L * LIMIT_VALUE_TEXT)

/* Whole or not at all. */
static bool
write_mark(const struct store *st, struct span text, struct error *err)
{
	char path[STORE_PATH_TEXT], fresh[STORE_PATH_TEXT];

	store_path(st, MARK, path);
	store_path(st, MARK_FRESH, fresh);
	if (!file_create(fresh, text, 0600, err))
		return false;
	if (rename(fresh, path) == 0)
		return file_sync_dir(st->dir, err);
	error_errno(err, "%.180s", path);
	(void)unlink(fresh);
	return false;
}

/* Notes in `erasing` the order, for the store's owner alone: one line for
 * each spelling. */
static bool
put_mark(const struct erasing *e, struct error *err)
{
	const struct erase_order *order = e->order;
	const char *text = order->value.text;
	struct buf out;
	bool ok;

	buf_init(&out, MARK_BYTES);
	for (size_t i = 0; text != NULL; text = hide_spelling(e->hide, i++))
		erase_mark_line(order, text, &out);
	ok = write_mark(e->st, buf_span(&out), err);
	buf_done(&out);
	return ok;
}

static bool
remove_mark(const struct store *st, struct error *err)
{
	char path[STORE_PATH_TEXT];

	store_path(st, MARK, path);
	if (unlink(path) == 0 || errno == ENOENT)
		return file_sync_dir(st->dir, err);
	error_errno(err, "%.180s", path);
	return false;
}

/* The order that another process has begun with, in e; e->hide NULL: none.
 * What it has left half written is of no use. */
static bool
read_mark(struct erasing *e, struct erase_order *order, struct error *err)
{
	char path[STORE_PATH_TEXT];
	struct erase_order one;
	struct span rest, line;
	struct buf in;
	bool ok;

	store_path(e->st, MARK_FRESH, path);
	(void)unlink(path);
	store_path(e->st, MARK, path);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return true;
	buf_init(&in, MARK_BYTES);
	ok = file_read_path(path, &in, err);
	rest = buf_span(&in);
	while (ok && span_cut(&rest, '\n', &line)) {
		if (!erase_mark_read(line, &one))
			continue;
		if (e->hide == NULL) {
			*order = one;
			store_hash(e->st, &one.value, e->hash);
			e->hide = hide_new(&one.value, e->hash);
		}
		hide_also(e->hide, one.value.text);
	}
	buf_done(&in);
	return ok;
}

/* As people have spelled it: the events of the value say so. */
static bool
collect(struct erasing *e, const struct record *rec, struct error *err)
{
	struct journal_pos pos = rec->head;

	while (pos.segment != 0) {
		struct event ev;

		if (!store_event(e->st, pos, &ev, err))
			return false;
		hide_also(e->hide, ev.value.text);
		hide_also(e->hide, ev.value.shown);
		pos = ev.prev;
		event_done(&ev);
	}
	return true;
}

/* Says in the journal that it is erased, and by whom. */
static bool
put_event(struct erasing *e, struct error *err)
{
	const struct erase_order *order = e->order;
	struct event ev = { .op = EVENT_ERASE, .value = order->value };
	struct journal_pos at;
	struct record *rec;
	struct batch b;
	bool ok;

	if (!writer_reserve(e->st, &at, err))
		return false;
	memcpy(ev.hash, e->hash, sizeof(ev.hash));
	memcpy(ev.by, order->by, sizeof(ev.by));
	memcpy(ev.why, order->why, sizeof(ev.why));
	(void)hide_text(e->hide, ev.why);
	batch_init(&b, e->st, at, clock_now());
	batch_begin(&b);
	ev.since = b.after.at;
	event_hide(&ev);
	rec = batch_record(&b, e->hash, err);
	ok = rec != NULL && batch_append(&b, rec, &ev, err);
	if (ok) {
		batch_end(&b);
		ok = writer_commit(e->st, &b, err);
	}
	event_done(&ev);
	batch_done(&b);
	return ok;
}

static bool
begin(struct store *st, void *arg, struct error *err)
{
	struct erasing *e = arg;
	struct record rec = { 0 };
	bool found, ok;

	if (!index_get(st, e->hash, &rec, &found, err))
		return false;
	ok = collect(e, &rec, err) && put_mark(e, err) &&
	     (rec.erased || put_event(e, err));
	record_done(&rec);
	return ok;
}

static bool
run(struct erasing *e, struct error *err)
{
	return writer_alone(e->st, begin, e, err) && erase_everywhere(e, err) &&
	       remove_mark(e->st, err);
}

bool
erase_finish(struct store *st, struct error *err)
{
	struct erase_order order;
	struct erasure ignored = { 0 };
	struct erasing e = { .st = st, .order = &order, .out = &ignored };
	bool ok = read_mark(&e, &order, err);

	if (e.hide != NULL)
		ok = ok && run(&e, err);
	hide_free(e.hide);
	return ok;
}

void
erase_resume(struct store *st)
{
	struct error err;

	if (erase_finish(st, &err))
		return;
	snprintf(st->note, sizeof(st->note),
	    "an erasure is not finished: %.150s; erase the value once more",
	    err.text);
}

/* What only the writer can do. */
static bool
erase_here(struct erasing *e, struct error *err)
{
	struct store *st = e->st;
	bool ok;

	pthread_mutex_lock(&st->erase_lock);
	ok = erase_finish(st, err) && run(e, err);
	pthread_mutex_unlock(&st->erase_lock);
	return ok;
}

bool
store_erase(struct store *st, const struct erase_order *order, erase_fn *tell,
    void *arg, struct erasure *out, struct error *err)
{
	struct change said = { .op = CHANGE_REMOVE, .value = order->value };
	struct erase_order clean = { 0 };
	struct erasing e = { .st = st,
		.order = &clean,
		.tell = tell,
		.arg = arg,
		.out = out };
	bool ok;

	*out = (struct erasure){ 0 };
	memcpy(said.by, order->by, sizeof(said.by));
	memcpy(said.why, order->why, sizeof(said.why));
	if (!change_clean(&said, err))
		return false;
	if (st->client != NULL)
		return client_erase(st->client, &said, tell, arg, out, err);
	if (st->lock_fd < 0) {
		error_set(err, ERROR_REFUSED, "opened only to look");
		return false;
	}
	clean.value = said.value;
	memcpy(clean.by, said.by, sizeof(clean.by));
	memcpy(clean.why, said.why, sizeof(clean.why));
	store_hash(st, &clean.value, e.hash);
	e.hide = hide_new(&clean.value, e.hash);
	ok = erase_here(&e, err);
	hide_free(e.hide);
	return ok;
}

/* False also where that can't be told. */
static bool
is_erased(struct store *st, const uint8_t *hash)
{
	struct error ignored;
	struct record rec;
	bool found, erased;

	if (!index_get(st, hash, &rec, &found, &ignored) || !found)
		return false;
	erased = rec.erased;
	record_done(&rec);
	return erased;
}

bool
store_hide(struct store *st, char text[LIMIT_VALUE_TEXT])
{
	uint8_t hash[VALUE_HASH_BYTES];
	struct error ignored;
	struct value v;

	if (!value_parse(span_of(text), &v, &ignored) ||
	    value_is_hidden(&v, NULL))
		return false;
	store_hash(st, &v, hash);
	if (!st->hides && !is_erased(st, hash))
		return false;
	value_hide(&v, hash);
	return span_copy(span_of(v.text), text, LIMIT_VALUE_TEXT);
}
