#include "ctl/mails.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "ctl/mbox.h"
#include "ctl/progress.h"

#define PATH_TEXT 4096

/* What a mail in a directory counts in the progress: its size is not worth a
 * look at each. */
#define ENTRY_WEIGHT 8192

struct walk {
	const struct ctl *ctl;
	mail_fn *fn;
	void *arg;
	size_t unread;
	uint64_t passed; /* weight of what is behind us */
};

static void
pass_over(struct walk *w, const char *text)
{
	w->unread++;
	log_error("%s: %s", w->ctl->command, text);
}

/* A stream of one mail or more. proto says what is known of each. */
static bool
one_stream(struct walk *w, int fd, bool single, bool weighs,
    const struct mail *proto, struct error *err)
{
	struct mbox *m =
	    mbox_open(fd, (size_t)w->ctl->conf->report_max_bytes, single);
	struct mbox_mail next;
	struct error why = { 0 };
	bool ok = true;

	while (ok && !ctl_deaf(w->ctl) && mbox_next(m, &next, &why)) {
		struct mail mail = *proto;

		mail.number = next.number;
		mail.bytes = next.bytes;
		mail.too_large = next.too_large;
		ok = w->fn(&mail, w->arg, err);
		progress_add(1);
		if (weighs)
			progress_at(w->passed + mbox_read(m));
	}
	if (ok && !ctl_deaf(w->ctl) && why.code != ERROR_NONE) {
		error_prefix(&why, "%.180s", proto->path);
		pass_over(w, why.text);
	}
	mbox_close(m);
	return ok;
}

static bool
one_file(struct walk *w, const char *path, bool in_maildir, bool weighs,
    struct error *err)
{
	const struct mail proto = { .path = path, .in_maildir = in_maildir };
	bool input = strcmp(path, "-") == 0;
	/* What a mailer pipes begins with a "From " line, too. */
	bool single = in_maildir || (input && w->ctl->opt.pipe);
	int fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct error why;
	bool ok;

	if (fd < 0) {
		error_errno(&why, "%.180s", path);
		pass_over(w, why.text);
		return true;
	}
	ok = one_stream(w, fd, single, weighs, &proto, err);
	if (!input)
		close(fd);
	return ok;
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool
one_entry(struct walk *w, const char *dir, const char *name, bool in_maildir,
    struct error *err)
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
	return one_file(w, path, in_maildir, false, err);
}

/* The regular files of a directory, in the order of their names. */
static bool
one_folder(struct walk *w, const char *dir, bool in_maildir, struct error *err)
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
		     one_entry(w, dir, names[i]->d_name, in_maildir, err);
		w->passed += ENTRY_WEIGHT;
		progress_at(w->passed);
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

/* The two folders of a Maildir. */
static bool
subfolders(const char *dir, char fresh[PATH_TEXT], char seen[PATH_TEXT])
{
	snprintf(fresh, PATH_TEXT, "%s/new", dir);
	snprintf(seen, PATH_TEXT, "%s/cur", dir);
	return is_dir(fresh) && is_dir(seen);
}

bool
mails_is_maildir(const char *path)
{
	char fresh[PATH_TEXT], seen[PATH_TEXT];

	return subfolders(path, fresh, seen);
}

static uint64_t
folder_weight(const char *dir)
{
	struct dirent *entry;
	uint64_t weight = 0;
	DIR *d = opendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL)
		weight += visible(entry) ? ENTRY_WEIGHT : 0;
	if (d != NULL)
		closedir(d);
	return weight;
}

/* 0 for what has no size, like a pipe. */
static uint64_t
weight_of(const char *path)
{
	char fresh[PATH_TEXT], seen[PATH_TEXT];
	struct stat st;

	if (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) != 0
				   : stat(path, &st) != 0)
		return 0;
	if (S_ISREG(st.st_mode))
		return (uint64_t)st.st_size;
	if (!S_ISDIR(st.st_mode))
		return 0;
	return subfolders(path, fresh, seen)
		   ? folder_weight(fresh) + folder_weight(seen)
		   : folder_weight(path);
}

static bool
one_operand(struct walk *w, const char *path, struct error *err)
{
	char fresh[PATH_TEXT], seen[PATH_TEXT];
	uint64_t weight;
	bool ok;

	if (subfolders(path, fresh, seen))
		return one_folder(w, fresh, true, err) &&
		       one_folder(w, seen, true, err);
	if (is_dir(path))
		return one_folder(w, path, false, err);
	weight = weight_of(path);
	ok = one_file(w, path, false, weight > 0, err);
	w->passed += weight;
	progress_at(w->passed);
	return ok;
}

bool
mails_walk(const struct ctl *ctl, mail_fn *fn, void *arg, size_t *unread,
    struct error *err)
{
	struct walk w = { .ctl = ctl, .fn = fn, .arg = arg };
	uint64_t weight = 0;
	bool ok = true;

	if (ctl->operands_n == 0 && isatty(STDIN_FILENO))
		fputs("A mail is read from the terminal; Ctrl-D ends it.\n",
		    stderr);
	for (size_t i = 0; progress_shown() && i < ctl->operands_n; i++)
		weight += weight_of(ctl->operands[i]);
	progress_expect(weight);
	if (ctl->operands_n == 0)
		ok = one_operand(&w, "-", err);
	for (size_t i = 0; ok && i < ctl->operands_n; i++)
		ok = one_operand(&w, ctl->operands[i], err);
	*unread = w.unread;
	return ok;
}
