/*
 * postfix: the lines that Postfix needs: printed, applied, reverted.
 *
 * What apply changes is kept first, in the Postfix configuration directory,
 * in a file of JSON lines: {"v":1,"place":"main","name":...,"set":true,
 * "value":...}. It is written before anything is set, so that a revert is
 * always possible, and only the first value of a setting is kept.
 */
#include "ctl/cmd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "ctl/postfix.h"

#define SAVED_NAME "suppressd-saved.jsonl"
#define SAVED_BYTES_MAX (256 * 1024)

static const struct name place_names[] = {
	{ PLACE_MAIN, "main" },
	{ PLACE_SERVICE, "service" },
	{ PLACE_OPTION, "option" },
	{ 0, NULL },
};

/* Settings as they were before the first apply. */
struct saved {
	char dir[POSTFIX_TEXT]; /* of Postfix's configuration */
	struct setting list[SETTINGS_MAX];
	size_t n;
};

static bool
saved_line(struct span line, struct setting *s, struct error *err)
{
	struct json_reader r;
	bool ok = true;
	char word[16];
	int place = -1;

	*s = (struct setting){ 0 };
	json_open(&r, line);
	while (json_next(&r)) {
		if (span_is(r.name, "place"))
			ok = ok && json_get(&r, word, sizeof(word)) &&
			     names_number(place_names, span_of(word), &place);
		else if (span_is(r.name, "name"))
			ok = ok && json_get(&r, s->name, sizeof(s->name));
		else if (span_is(r.name, "value"))
			ok = ok && json_get(&r, s->have, sizeof(s->have));
		else if (span_is(r.name, "set"))
			s->set = r.number != 0;
	}
	if (!json_close(&r, err))
		return false;
	if (!ok || place < 0 || s->name[0] == '\0') {
		error_set(err, ERROR_INVALID, "no saved setting");
		return false;
	}
	s->place = (enum setting_place)place;
	return true;
}

static bool
saved_parse(struct span text, struct saved *all, struct error *err)
{
	struct span line;
	size_t number = 0;

	while (span_line(&text, &line)) {
		number++;
		if (all->n < SETTINGS_MAX &&
		    saved_line(line, &all->list[all->n], err)) {
			all->n++;
			continue;
		}
		if (all->n >= SETTINGS_MAX)
			error_set(err, ERROR_LIMIT, "too many lines");
		error_prefix(err, "%s/" SAVED_NAME ":%zu", all->dir, number);
		return false;
	}
	return true;
}

/* No file is no settings. */
static bool
saved_read(const struct ctl *ctl, struct saved *all, struct error *err)
{
	char path[POSTFIX_TEXT + 64];
	struct buf text;
	bool ok;

	*all = (struct saved){ 0 };
	if (!postfix_expanded(ctl->opt.postfix_dir, "config_directory",
		all->dir, err))
		return false;
	snprintf(path, sizeof(path), "%s/" SAVED_NAME, all->dir);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return true;
	buf_init(&text, SAVED_BYTES_MAX);
	ok = file_read_path(path, &text, err) &&
	     saved_parse(buf_span(&text), all, err);
	buf_done(&text);
	return ok;
}

static bool
saved_has(const struct saved *all, const struct setting *s)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].place == s->place &&
		    strcmp(all->list[i].name, s->name) == 0)
			return true;
	return false;
}

static bool
saved_write(const struct saved *all, struct error *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, SAVED_BYTES_MAX);
	for (size_t i = 0; i < all->n; i++) {
		const struct setting *s = &all->list[i];

		json_begin(&text);
		json_int(&text, "v", 1);
		json_text(&text, "place",
		    span_of(names_text(place_names, (int)s->place)));
		json_text(&text, "name", span_of(s->name));
		json_bool(&text, "set", s->set);
		json_text(&text, "value", span_of(s->have));
		json_end(&text);
		buf_add_char(&text, '\n');
	}
	ok = file_replace(all->dir, SAVED_NAME, buf_span(&text), 0644, err);
	buf_done(&text);
	return ok;
}

/* One line as it would stand in the file. */
static void
print_setting(const struct ctl *ctl, const struct setting *s)
{
	const char *mark = setting_is_right(s) ? "  # set already" : "";
	struct span rest = span_of(s->name), service, type;

	if (s->place != PLACE_OPTION) {
		fprintf(ctl->out, "%s%s%s%s\n",
		    s->place == PLACE_MAIN ? s->name : "",
		    s->place == PLACE_MAIN ? " = " : "", s->want, mark);
		return;
	}
	(void)span_cut(&rest, '/', &service);
	(void)span_cut(&rest, '/', &type);
	fprintf(ctl->out, "%.*s %.*s ...\n    -o %.*s=%s%s\n", (int)service.len,
	    service.p, (int)type.len, type.p, (int)rest.len, rest.p, s->want,
	    mark);
}

static void
print_plan(const struct ctl *ctl, const struct plan *p)
{
	fputs("# main.cf\n", ctl->out);
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].place == PLACE_MAIN)
			print_setting(ctl, &p->list[i]);
	fputs("\n# master.cf: \"...\" is the line as it stands\n", ctl->out);
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].place != PLACE_MAIN)
			print_setting(ctl, &p->list[i]);
	fputs("\n# suppressctl postfix --apply sets these and keeps the old "
	      "values\n",
	    ctl->out);
}

static const struct column columns[] = {
	{ "place", NULL, COLUMN_TEXT, false },
	{ "name", "SETTING", COLUMN_TEXT, false },
	{ "want", "VALUE", COLUMN_TEXT, false },
	{ "have", "BEFORE", COLUMN_TEXT, false },
	{ "right", NULL, COLUMN_BOOL, false },
};

static enum exit_status
print_rows(const struct ctl *ctl, const struct plan *p)
{
	struct output *o =
	    output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));

	for (size_t i = 0; i < p->n; i++) {
		const struct setting *s = &p->list[i];

		output_row(o,
		    (const struct cell[]){
			{ .text = names_text(place_names, (int)s->place) },
			{ .text = s->name }, { .text = s->want },
			{ .text = s->set ? s->have : "" },
			{ .number = setting_is_right(s) } });
	}
	return ctl_close(ctl, o, EXIT_YES);
}

static bool
apply(const struct ctl *ctl, const struct plan *p, size_t *changed,
    struct error *err)
{
	struct saved *all = mem_new(1, sizeof(*all));
	bool ok = saved_read(ctl, all, err);

	*changed = 0;
	for (size_t i = 0; ok && i < p->n; i++) {
		if (setting_is_right(&p->list[i]))
			continue;
		(*changed)++;
		if (!saved_has(all, &p->list[i]) && all->n < SETTINGS_MAX)
			all->list[all->n++] = p->list[i];
	}
	ok = ok && (*changed == 0 || saved_write(all, err));
	for (size_t i = 0; ok && i < p->n; i++)
		if (!setting_is_right(&p->list[i]))
			ok = postfix_write(p->dir, &p->list[i], p->list[i].want,
			    err);
	free(all);
	return ok;
}

static bool
revert(const struct ctl *ctl, size_t *changed, struct error *err)
{
	struct saved *all = mem_new(1, sizeof(*all));
	bool ok = saved_read(ctl, all, err);
	char path[POSTFIX_TEXT + 64];

	if (ok && all->n == 0) {
		error_set(err, ERROR_REFUSED,
		    "%s/" SAVED_NAME " is not there: nothing was applied",
		    all->dir);
		ok = false;
	}
	/* The last first: a service's options go before the service. */
	for (size_t i = all->n; ok && i-- > 0;)
		ok = postfix_write(ctl->opt.postfix_dir, &all->list[i],
		    all->list[i].set ? all->list[i].have : NULL, err);
	snprintf(path, sizeof(path), "%s/" SAVED_NAME, all->dir);
	if (ok && unlink(path) != 0) {
		error_errno(err, "%s", path);
		ok = false;
	}
	*changed = all->n;
	free(all);
	return ok;
}

static void
tell_done(const struct ctl *ctl, const char *what, size_t changed)
{
	fprintf(ctl->out, "%zu setting%s %s%s\n", changed,
	    changed == 1 ? "" : "s", what,
	    changed == 0 ? ": all was right already"
			 : "; now run: postfix reload");
}

static enum exit_status
show(struct ctl *ctl, struct plan *p, struct error *err)
{
	size_t changed;

	if (!plan_make(ctl, p, err))
		return ctl_fail(ctl, err);
	if (ctl->opt.apply) {
		if (!apply(ctl, p, &changed, err))
			return ctl_fail(ctl, err);
		tell_done(ctl, "set", changed);
	} else if (ctl->form != OUTPUT_TEXT) {
		return print_rows(ctl, p);
	} else {
		print_plan(ctl, p);
	}
	return EXIT_YES;
}

enum exit_status
cmd_postfix(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status;
	struct plan *p;
	size_t changed;

	if (ctl->opt.apply && ctl->opt.revert) {
		error_set(&err, ERROR_INVALID,
		    "--apply and --revert: choose one");
		return ctl_fail(ctl, &err);
	}
	if (ctl->opt.revert) {
		if (!revert(ctl, &changed, &err))
			return ctl_fail(ctl, &err);
		tell_done(ctl, "put back", changed);
		return EXIT_YES;
	}
	p = mem_new(1, sizeof(*p));
	status = show(ctl, p, &err);
	free(p);
	return status;
}
