#include "ctl/mails.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "ctl/progress.h"

#define PATH_TEXT 4096

struct walk {
	const struct ctl *ctl;
	mail_fn *fn;
	void *arg;
	size_t unread;
};

static void
pass_over(struct walk *w, const char *text)
{
	w->unread++;
	log_error("%s: %s", w->ctl->command, text);
}

static bool
one_file(struct walk *w, const char *path, struct error *err)
{
	bool ok, too_large;
	struct error why;
	struct buf mail;

	buf_init(&mail, (size_t)w->ctl->conf->report_max_bytes);
	ok = ctl_read_file(path, &mail, &why);
	too_large = !ok && why.code == ERROR_LIMIT;
	if (ok || too_large) {
		ok = w->fn(path, buf_span(&mail), too_large, w->arg, err);
		progress_add(1);
	} else {
		pass_over(w, why.text);
		ok = true;
	}
	buf_done(&mail);
	return ok;
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool
one_entry(struct walk *w, const char *dir, const char *name, struct error *err)
{
	char path[PATH_TEXT];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path)) {
		pass_over(w, "a path is too long");
		return true;
	}
	/* A mail reader may have moved it since: then it's no longer here. */
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return true;
	return one_file(w, path, err);
}

/* The regular files of a directory, in the order of their names. */
static bool
one_folder(struct walk *w, const char *dir, struct error *err)
{
	struct dirent **names;
	bool ok = true;
	int n = scandir(dir, &names, visible, alphasort);

	if (n < 0) {
		error_errno(err, "%.180s", dir);
		pass_over(w, err->text);
		return true;
	}
	for (int i = 0; i < n; i++) {
		ok = ok && !ctl_deaf(w->ctl) &&
		     one_entry(w, dir, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	return ok;
}

static bool
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool
one_dir(struct walk *w, const char *dir, struct error *err)
{
	char fresh[PATH_TEXT], seen[PATH_TEXT];

	snprintf(fresh, sizeof(fresh), "%s/new", dir);
	snprintf(seen, sizeof(seen), "%s/cur", dir);
	if (is_dir(fresh) && is_dir(seen))
		return one_folder(w, fresh, err) && one_folder(w, seen, err);
	return one_folder(w, dir, err);
}

bool
mails_walk(const struct ctl *ctl, mail_fn *fn, void *arg, size_t *unread,
    struct error *err)
{
	struct walk w = { ctl, fn, arg, 0 };
	bool ok = true;

	if (ctl->operands_n == 0 && isatty(STDIN_FILENO))
		fputs("A mail is read from the terminal; Ctrl-D ends it.\n",
		    stderr);
	if (ctl->operands_n == 0)
		ok = one_file(&w, "-", err);
	for (size_t i = 0; ok && i < ctl->operands_n; i++) {
		const char *path = ctl->operands[i];

		ok = is_dir(path) ? one_dir(&w, path, err)
				  : one_file(&w, path, err);
	}
	*unread = w.unread;
	return ok;
}
