#include "ctl/saved.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

#define SAVED_BYTES_MAX (256 * 1024)
#define CONF_BYTES_MAX (16 * 1024 * 1024)
#define PATH_TEXT (POSTFIX_TEXT + 64)

static const char *const file_names[SAVED_FILES] = { "main.cf", "master.cf" };
static const char *const copy_names[SAVED_FILES] = { "main.cf.before-suppressd",
	"master.cf.before-suppressd" };

#define PLACE_FILE 3 /* in the words only: a line of files[] */

static const struct name place_names[] = {
	{ PLACE_MAIN, "main" },
	{ PLACE_SERVICE, "service" },
	{ PLACE_OPTION, "option" },
	{ PLACE_FILE, "file" },
	{ 0, NULL },
};

static bool
take_file(const struct setting *s, struct saved *all)
{
	for (size_t i = 0; i < SAVED_FILES; i++) {
		struct saved_file *f = &all->files[i];

		if (strcmp(s->name, file_names[i]) != 0)
			continue;
		f->copied = s->set;
		return span_copy(span_of(s->have), f->hash, sizeof(f->hash));
	}
	return false;
}

/* {"v":1,"place":"main","name":...,"set":true,"value":...} */
static bool
take_line(struct span line, struct saved *all, struct error *err)
{
	struct setting s = { 0 };
	struct json_reader r;
	bool ok = true;
	char word[16];
	int place = -1;

	json_open(&r, line);
	while (json_next(&r)) {
		if (span_is(r.name, "place"))
			ok = ok && json_get(&r, word, sizeof(word)) &&
			     names_number(place_names, span_of(word), &place);
		else if (span_is(r.name, "name"))
			ok = ok && json_get(&r, s.name, sizeof(s.name));
		else if (span_is(r.name, "value"))
			ok = ok && json_get(&r, s.have, sizeof(s.have));
		else if (span_is(r.name, "set"))
			s.set = r.number != 0;
	}
	if (!json_close(&r, err))
		return false;
	if (ok && place == PLACE_FILE && take_file(&s, all))
		return true;
	if (!ok || place < 0 || place == PLACE_FILE || s.name[0] == '\0' ||
	    all->n >= SETTINGS_MAX) {
		error_set(err, ERROR_IO, "no saved setting");
		return false;
	}
	s.place = (enum setting_place)place;
	all->list[all->n++] = s;
	return true;
}

static bool
parse(struct span text, struct saved *all, struct error *err)
{
	struct span line;
	size_t number = 0;

	while (span_line(&text, &line)) {
		number++;
		if (take_line(line, all, err))
			continue;
		error_prefix(err, "%.120s/" SAVED_NAME ":%zu", all->dir,
		    number);
		return false;
	}
	return true;
}

static void
path_of(const struct saved *all, const char *name, char out[PATH_TEXT])
{
	snprintf(out, PATH_TEXT, "%s/%s", all->dir, name);
}

bool
saved_read(const char *postfix_dir, struct saved *all, struct error *err)
{
	char path[PATH_TEXT];
	struct buf text;
	bool ok;

	*all = (struct saved){ 0 };
	if (!postfix_expanded(postfix_dir, "config_directory", all->dir, err))
		return false;
	path_of(all, SAVED_NAME, path);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return true;
	buf_init(&text, SAVED_BYTES_MAX);
	ok = file_read_path(path, &text, err) &&
	     parse(buf_span(&text), all, err);
	buf_done(&text);
	return ok;
}

static void
add_line(struct buf *text, int place, const char *name, bool set,
    const char *value)
{
	json_begin(text);
	json_int(text, "v", 1);
	json_text(text, "place", span_of(names_text(place_names, place)));
	json_text(text, "name", span_of(name));
	json_bool(text, "set", set);
	json_text(text, "value", span_of(value));
	json_end(text);
	buf_add_char(text, '\n');
}

static bool
write_all(const struct saved *all, struct error *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, SAVED_BYTES_MAX);
	for (size_t i = 0; i < SAVED_FILES; i++)
		add_line(&text, PLACE_FILE, file_names[i], all->files[i].copied,
		    all->files[i].hash);
	for (size_t i = 0; i < all->n; i++)
		add_line(&text, (int)all->list[i].place, all->list[i].name,
		    all->list[i].set, all->list[i].have);
	ok = file_replace(all->dir, SAVED_NAME, buf_span(&text), 0644, err);
	buf_done(&text);
	return ok;
}

static bool
read_conf(const struct saved *all, const char *name, struct buf *text,
    struct error *err)
{
	char path[PATH_TEXT];

	path_of(all, name, path);
	buf_reset(text);
	return file_read_path(path, text, err);
}

static void
hash_of(struct span text, char out[2 * HASH_LONG_BYTES + 1])
{
	uint8_t bytes[HASH_LONG_BYTES];
	struct hash h;

	hash_begin(&h, NULL, sizeof(bytes));
	hash_add(&h, text);
	hash_end(&h, bytes);
	hash_hex(bytes, sizeof(bytes), out);
}

/* A copy of the file before the first change. One that was edited between
 * two applies has no "before" any more. */
static bool
keep_file(struct saved *all, size_t which, bool first, struct buf *text,
    struct error *err)
{
	struct saved_file *f = &all->files[which];
	char hash[2 * HASH_LONG_BYTES + 1], path[PATH_TEXT];
	struct stat st;

	if (!read_conf(all, file_names[which], text, err))
		return false;
	hash_of(buf_span(text), hash);
	path_of(all, file_names[which], path);
	if (first)
		f->copied = stat(path, &st) == 0 &&
			    file_replace(all->dir, copy_names[which],
				buf_span(text), st.st_mode & 07777, err);
	else
		f->copied = f->copied && strcmp(hash, f->hash) == 0;
	if (first && !f->copied)
		return false;
	f->hash[0] = '\0'; /* until saved_seal() */
	return true;
}

static bool
has(const struct saved *all, const struct setting *s)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].place == s->place &&
		    strcmp(all->list[i].name, s->name) == 0)
			return true;
	return false;
}

bool
saved_keep(struct saved *all, const struct plan *p, struct error *err)
{
	bool first = all->n == 0, ok = true;
	struct buf text;

	buf_init(&text, CONF_BYTES_MAX);
	for (size_t i = 0; ok && i < SAVED_FILES; i++)
		ok = keep_file(all, i, first, &text, err);
	buf_done(&text);
	for (size_t i = 0; ok && i < p->n; i++) {
		if (setting_is_right(&p->list[i]) || has(all, &p->list[i]))
			continue;
		if (all->n >= SETTINGS_MAX) {
			error_set(err, ERROR_LIMIT, "too many settings");
			return false;
		}
		all->list[all->n++] = p->list[i];
	}
	return ok && write_all(all, err);
}

bool
saved_seal(struct saved *all, struct error *err)
{
	struct buf text;
	bool ok = true;

	buf_init(&text, CONF_BYTES_MAX);
	for (size_t i = 0; ok && i < SAVED_FILES; i++) {
		ok = read_conf(all, file_names[i], &text, err);
		if (ok)
			hash_of(buf_span(&text), all->files[i].hash);
	}
	buf_done(&text);
	return ok && write_all(all, err);
}

/* *done: the file is as it was. Not done is no failure. */
static bool
restore_file(const struct saved *all, size_t which, struct buf *text,
    bool *done, struct error *err)
{
	const struct saved_file *f = &all->files[which];
	char hash[2 * HASH_LONG_BYTES + 1], path[PATH_TEXT];
	struct stat st;

	*done = false;
	if (!read_conf(all, file_names[which], text, err))
		return false;
	hash_of(buf_span(text), hash);
	path_of(all, copy_names[which], path);
	if (!f->copied || strcmp(hash, f->hash) != 0 || stat(path, &st) != 0)
		return true;
	*done = true;
	return read_conf(all, copy_names[which], text, err) &&
	       file_replace(all->dir, file_names[which], buf_span(text),
		   st.st_mode & 07777, err);
}

static const char *
value_before(const struct setting *s, bool *skip)
{
	(void)skip;
	return s->set ? s->have : NULL;
}

/* A service's options go before the service. */
static bool
restore_settings(const struct saved *all, const char *postfix_dir,
    const bool done[SAVED_FILES], struct error *err)
{
	static const enum setting_place order[] = { PLACE_MAIN, PLACE_OPTION,
		PLACE_SERVICE };

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (!done[order[i] == PLACE_MAIN ? 0 : 1] &&
		    !postfix_write(postfix_dir, order[i], all->list, all->n,
			value_before, err))
			return false;
	return true;
}

static bool
forget(const struct saved *all, struct error *err)
{
	char path[PATH_TEXT];

	for (size_t i = 0; i < SAVED_FILES; i++) {
		path_of(all, copy_names[i], path);
		(void)unlink(path); /* there may be none */
	}
	path_of(all, SAVED_NAME, path);
	if (unlink(path) == 0)
		return true;
	error_errno(err, "%.180s", path);
	return false;
}

bool
saved_restore(struct saved *all, const char *postfix_dir, bool *whole,
    struct error *err)
{
	bool ok = true, done[SAVED_FILES] = { false };
	struct buf text;

	buf_init(&text, CONF_BYTES_MAX);
	for (size_t i = 0; ok && i < SAVED_FILES; i++)
		ok = restore_file(all, i, &text, &done[i], err);
	buf_done(&text);
	*whole = done[0] && done[1];
	return ok && restore_settings(all, postfix_dir, done, err) &&
	       forget(all, err);
}
