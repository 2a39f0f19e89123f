#include "ctl/command.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

/* How long a change waits for another suppressctl that has the lock. */
#define LOCK_WAIT_S 30

bool
ctl_deaf(const struct ctl *ctl)
{
	return ferror(ctl->out) != 0;
}

void
ctl_put(const struct ctl *ctl, const char *text)
{
	struct buf safe;

	buf_init(&safe, 4 * strlen(text) + 1);
	log_escape(span_of(text), &safe);
	fputs(buf_text(&safe), ctl->out);
	buf_done(&safe);
}

bool
ctl_read_file(const char *path, struct buf *out, struct error *err)
{
	if (file_read_path(path, out, err))
		return true;
	if (err->code == ERROR_IO)
		err->code = ERROR_INVALID;
	return false;
}

enum exit_status
ctl_fail(const struct ctl *ctl, const struct error *err)
{
	log_error("%s%s%s", ctl->command != NULL ? ctl->command : "",
	    ctl->command != NULL ? ": " : "", err->text);
	switch (err->code) {
	case ERROR_INVALID:
	case ERROR_LIMIT:
		return EXIT_USAGE;
	default:
		return EXIT_FAILED;
	}
}

enum exit_status
ctl_verb(const struct ctl *ctl, const struct verb *verbs)
{
	const char *operand = ctl->operands_n > 1 ? ctl->operands[1] : "";
	struct error err;
	struct buf known;

	for (const struct verb *v = verbs; v->name != NULL; v++)
		if (strcmp(v->name, ctl->operands[0]) == 0)
			return v->run(ctl, operand);
	buf_init(&known, sizeof(err.text));
	for (const struct verb *v = verbs; v->name != NULL; v++)
		buf_addf(&known, "%s%s", v > verbs ? ", " : "", v->name);
	error_set(&err, ERROR_INVALID, "'%.40s' is none of %s",
	    ctl->operands[0], buf_text(&known));
	buf_done(&known);
	return ctl_fail(ctl, &err);
}

static void
advise(struct error *err, const char *advice)
{
	size_t len = strlen(err->text);

	snprintf(err->text + len, sizeof(err->text) - len, ": %s", advice);
}

/* 0, or why a name in the store can't be used. */
static int
trouble_with(const struct ctl *ctl, const char *name, int how)
{
	char path[CONF_PATH_TEXT + 16];

	snprintf(path, sizeof(path), "%s/%s", ctl->store_dir, name);
	return access(path, how) == 0 ? 0 : errno;
}

/* The store says what is wrong; here is what to do. */
static struct store *
failed(const struct ctl *ctl, struct error *err)
{
	if (trouble_with(ctl, "journal", R_OK | X_OK) == EACCES ||
	    trouble_with(ctl, "lock", R_OK | W_OK) == EACCES)
		error_set(err, ERROR_IO,
		    "%.120s: Permission denied: become root, or the user "
		    "that suppressd runs as",
		    ctl->store_dir);
	else if (geteuid() == 0 && strstr(err->text, strerror(EACCES)) != NULL)
		advise(err, "it is not of the store's owner: chown -R the "
			    "store to whom suppressd runs as");
	else if (err->code == ERROR_BUSY)
		advise(err, "try again; fuser -v on its file lock names it");
	else if (err->code == ERROR_CORRUPT)
		advise(err, "suppressctl verify tells more");
	else if (err->code == ERROR_REFUSED &&
		 strstr(err->text, "backup") == NULL)
		advise(err, "bring the right key back from a backup");
	return NULL;
}

/* Opens it and says on standard error what recovery did. */
static struct store *
open_told(const struct ctl *ctl, const struct store_options *options,
    struct error *err)
{
	struct store *st = store_open(ctl->store_dir, options, err);

	if (st != NULL && store_recovery_note(st)[0] != '\0')
		log_warning("%s: %s", ctl->store_dir, store_recovery_note(st));
	return st;
}

/* The index is made from the journal; the journal from nothing. */
static bool
index_is_gone(const struct ctl *ctl)
{
	return trouble_with(ctl, "index", F_OK) == ENOENT &&
	       trouble_with(ctl, "journal", F_OK) == 0;
}

struct store *
ctl_look(const struct ctl *ctl, bool mend, struct error *err)
{
	const struct store_options look = { .mode = STORE_READ };
	const struct store_options recover = { .mode = STORE_WRITE,
		.hashed = ctl->conf->privacy == CONF_HASHED,
		.create = index_is_gone(ctl) };
	struct error ignored;
	struct store *st = store_open(ctl->store_dir, &look, err);

	if (st == NULL && mend &&
	    (err->code == ERROR_CORRUPT || recover.create))
		st = open_told(ctl, &recover, &ignored);
	return st != NULL ? st : failed(ctl, err);
}

struct store *
ctl_change(const struct ctl *ctl, bool create, struct error *err)
{
	const struct store_options options = { .mode = STORE_CHANGE,
		.hashed = ctl->conf->privacy == CONF_HASHED,
		.create = create || index_is_gone(ctl),
		.lock_wait_s = LOCK_WAIT_S };
	struct store *st;

	if (!create && access(ctl->store_dir, F_OK) != 0 && errno == ENOENT) {
		error_set(err, ERROR_IO,
		    "there is no store in %.150s: start "
		    "suppressd, or add a value",
		    ctl->store_dir);
		return NULL;
	}
	st = open_told(ctl, &options, err);
	return st != NULL ? st : failed(ctl, err);
}

void
ctl_warn_stream(const struct ctl *ctl)
{
	const char *name = ctl->opt.filter.stream;
	struct buf known;

	if (name[0] == '\0' || strcmp(name, "*") == 0 ||
	    conf_stream_named(ctl->conf, name) != NULL)
		return;
	buf_init(&known, 1024);
	for (size_t i = 0; i < ctl->conf->streams_n; i++) {
		const char *there = ctl->conf->streams[i].name;

		if (known.len + strlen(there) + 8 < known.max)
			buf_addf(&known, "%s%s", i > 0 ? ", " : "", there);
	}
	log_warning("%s: no stream '%s' is configured; there are: %s",
	    ctl->command, name, buf_text(&known));
	buf_done(&known);
}

void
ctl_actor(char out[LIMIT_ACTOR_TEXT])
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *pw;

	/* Only root may speak for somebody else. */
	if (getuid() == 0 && sudo != NULL && sudo[0] != '\0') {
		(void)span_copy(span_of(sudo), out, LIMIT_ACTOR_TEXT);
		return;
	}
	pw = getpwuid(getuid());
	if (pw != NULL)
		(void)span_copy(span_of(pw->pw_name), out, LIMIT_ACTOR_TEXT);
	else
		snprintf(out, LIMIT_ACTOR_TEXT, "uid %u", (unsigned)getuid());
}

enum exit_status
ctl_close(const struct ctl *ctl, struct output *o, enum exit_status status)
{
	struct error err;

	if (output_close(o) || errno == EPIPE)
		return status;
	error_errno(&err, "cannot write the output");
	return ctl_fail(ctl, &err);
}
