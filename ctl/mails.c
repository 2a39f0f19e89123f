#include "ctl/mails.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"

#define PATH_TEXT 4096

struct walk {
	const struct ctl *ctl;
	mail_fn *fn;
	void *arg;
};

static bool
one_file(const struct walk *w, const char *path, struct error *err)
{
	bool ok, too_large;
	struct buf mail;

	buf_init(&mail, (size_t)w->ctl->conf->report_max_bytes);
	ok = file_read_path(path, &mail, err);
	too_large = !ok && err->code == ERROR_LIMIT;
	if (ok || too_large)
		ok = w->fn(path, buf_span(&mail), too_large, w->arg, err);
	buf_done(&mail);
	return ok;
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The regular files of a directory, in the order of their names. */
static bool
one_folder(const struct walk *w, const char *dir, struct error *err)
{
	struct dirent **names;
	bool ok = true;
	int n = scandir(dir, &names, visible, alphasort);

	if (n < 0) {
		error_errno(err, "%s", dir);
		return false;
	}
	for (int i = 0; i < n; i++) {
		char path[PATH_TEXT];
		struct stat st;

		if (snprintf(path, sizeof(path), "%s/%s", dir,
			names[i]->d_name) < (int)sizeof(path) &&
		    ok && stat(path, &st) == 0 && S_ISREG(st.st_mode))
			ok = one_file(w, path, err);
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
one_dir(const struct walk *w, const char *dir, struct error *err)
{
	char fresh[PATH_TEXT], seen[PATH_TEXT];

	snprintf(fresh, sizeof(fresh), "%s/new", dir);
	snprintf(seen, sizeof(seen), "%s/cur", dir);
	if (is_dir(fresh) && is_dir(seen))
		return one_folder(w, fresh, err) && one_folder(w, seen, err);
	return one_folder(w, dir, err);
}

bool
mails_walk(const struct ctl *ctl, mail_fn *fn, void *arg, struct error *err)
{
	const struct walk w = { ctl, fn, arg };

	if (ctl->operands_n == 0)
		return one_file(&w, "-", err);
	for (size_t i = 0; i < ctl->operands_n; i++) {
		const char *path = ctl->operands[i];

		if (is_dir(path) ? !one_dir(&w, path, err)
				 : !one_file(&w, path, err))
			return false;
	}
	return true;
}
