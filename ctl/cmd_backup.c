/*
 * backup and restore.
 */
#include "ctl/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "ctl/progress.h"
#include "db/backup.h"

#define PATH_BYTES (CONF_PATH_TEXT + 64)

static const struct column backup_columns[] = {
	{ "file", "FILE", COLUMN_TEXT, true },
	{ "bytes", "BYTES", COLUMN_INT, false },
};

static const struct column restore_columns[] = {
	{ "events", "EVENTS", COLUMN_INT, false },
	{ "values", "VALUES", COLUMN_INT, false },
	{ "suppressed", "SUPPRESSED", COLUMN_INT, false },
	{ "kept", "OLD STORE", COLUMN_TEXT, false },
};

struct written {
	uint64_t bytes;
};

static void
tell(uint64_t done, uint64_t total, void *arg)
{
	struct written *w = arg;

	progress_add(done - w->bytes);
	w->bytes = done;
	progress_expect(total);
	progress_at(done);
}

/* A new file, never over another; it has the key in it. */
static int
open_new(const char *path, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		error_errno(err, "cannot create %.180s", path);
		err->code = ERROR_INVALID;
	}
	return fd;
}

static bool
sync_parent(const char *path, struct error *err)
{
	char copy[PATH_BYTES], *slash;

	if (!span_copy(span_of(path), copy, sizeof(copy)))
		return true;
	slash = strrchr(copy, '/');
	if (slash != NULL)
		slash[slash == copy ? 1 : 0] = '\0';
	return file_sync_dir(slash != NULL ? copy : ".", err);
}

/* Whole and on the disk, or gone. */
static bool
finish_file(int fd, const char *path, bool ok, struct error *err)
{
	if (ok && fsync(fd) != 0) {
		error_errno(err, "cannot write %.180s", path);
		ok = false;
	}
	close(fd);
	if (!ok)
		unlink(path);
	return ok && sync_parent(path, err);
}

enum exit_status
cmd_backup(struct ctl *ctl)
{
	const char *path = ctl->operands[0];
	bool standard = span_is(span_of(path), "-"), done;
	struct error err = { 0 };
	struct store *st = ctl_look(ctl, false, &err);
	struct written w = { 0 };
	struct output *o;
	int fd = -1;

	if (st != NULL)
		fd = standard ? STDOUT_FILENO : open_new(path, &err);
	if (fd < 0) {
		store_close(st);
		return ctl_fail(ctl, &err);
	}
	progress_begin(ctl->command, "bytes");
	done = backup_write(st, fd, ctl->now, tell, &w, &err);
	progress_end();
	store_close(st);
	if (!standard)
		done = finish_file(fd, path, done, &err);
	if (!done)
		return ctl_fail(ctl, &err);
	if (standard)
		return EXIT_YES;
	o = output_open(ctl->out, ctl->form, backup_columns,
	    ARRAY_LEN(backup_columns));
	output_row(o, (const struct cell[]){ { .text = path },
			  { .number = (int64_t)w.bytes } });
	return ctl_close(ctl, o, EXIT_YES);
}

/* The directories of a restore. */
struct places {
	char fresh[PATH_BYTES]; /* where the new store is made */
	char kept[PATH_BYTES];  /* where the old one goes; "": there is none */
};

/* Keeps every writer out of the old store. -1 with err; -2: there is none. */
static int
lock_old(const struct ctl *ctl, struct error *err)
{
	char path[PATH_BYTES];
	int fd;

	snprintf(path, sizeof(path), "%s/lock", ctl->store_dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return -2;
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && errno == EWOULDBLOCK)
		error_set(err, ERROR_BUSY,
		    "%.150s is in use: stop suppressd first", ctl->store_dir);
	else
		error_errno(err, "%.180s", path);
	return -1;
}

static void
complain(const char *line, void *arg)
{
	const struct ctl *ctl = arg;

	log_error("%s: %s", ctl->command, line);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static struct stat owner;

static int
give_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return lchown(path, owner.st_uid, owner.st_gid);
}

/* The store of the backup, whole, with its index, and the owner of the old
 * one. */
static bool
make_fresh(struct ctl *ctl, const struct places *p, int from,
    struct store_totals *totals, struct error *err)
{
	const struct store_options write = { .mode = STORE_WRITE,
		.create = true };
	struct store *st;
	bool ok;

	if (!backup_read(from, p->fresh, err))
		return false;
	st = store_open(p->fresh, &write, err);
	if (st == NULL)
		return false;
	ok = store_renew(st, err) &&
	     store_verify(st, complain, ctl, totals, err);
	if (ok && totals->faults > 0) {
		error_set(err, ERROR_CORRUPT,
		    "the backup has %" PRIu64 " faults", totals->faults);
		ok = false;
	}
	store_close(st);
	if (ok && stat(ctl->store_dir, &owner) == 0 && geteuid() == 0 &&
	    nftw(p->fresh, give_one, 16, FTW_PHYS) != 0) {
		error_errno(err, "cannot give %.150s its owner", p->fresh);
		ok = false;
	}
	return ok;
}

/* At no time is there a part of a store where the store is. */
static bool
swap(const struct ctl *ctl, struct places *p, bool old, struct error *err)
{
	bool ok;

	if (old)
		ok = renameat2(AT_FDCWD, p->fresh, AT_FDCWD, ctl->store_dir,
			 RENAME_EXCHANGE) == 0 &&
		     rename(p->fresh, p->kept) == 0;
	else
		ok = rename(p->fresh, ctl->store_dir) == 0;
	if (!ok)
		error_errno(err, "cannot put %.120s in place of %.80s",
		    p->fresh, ctl->store_dir);
	if (!old)
		p->kept[0] = '\0';
	return ok && sync_parent(ctl->store_dir, err);
}

static bool
choose_places(const struct ctl *ctl, struct places *p, struct error *err)
{
	char time[CLOCK_TEXT];

	clock_format(ctl->now, time);
	snprintf(p->fresh, sizeof(p->fresh), "%s.restoring", ctl->store_dir);
	snprintf(p->kept, sizeof(p->kept), "%s.before-%s", ctl->store_dir,
	    time);
	if (access(p->fresh, F_OK) != 0 && access(p->kept, F_OK) != 0)
		return true;
	error_set(err, ERROR_REFUSED,
	    "%.150s is there, of a restore that was interrupted: look what "
	    "it has, and move it away",
	    access(p->fresh, F_OK) == 0 ? p->fresh : p->kept);
	return false;
}

static bool
restore(struct ctl *ctl, int from, struct places *p,
    struct store_totals *totals, struct error *err)
{
	int lock = lock_old(ctl, err);
	bool ok = lock != -1 && choose_places(ctl, p, err);

	if (ok && !make_fresh(ctl, p, from, totals, err)) {
		(void)nftw(p->fresh, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		ok = false;
	}
	ok = ok && swap(ctl, p, lock >= 0, err);
	if (lock >= 0)
		close(lock);
	return ok;
}

enum exit_status
cmd_restore(struct ctl *ctl)
{
	const char *path = ctl->operands[0];
	bool standard = span_is(span_of(path), "-"), done;
	int from =
	    standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct store_totals totals = { 0 };
	struct places places = { .kept = "" };
	struct error err = { 0 };
	struct output *o;

	if (from < 0) {
		error_errno(&err, "%.180s", path);
		err.code = ERROR_INVALID;
		return ctl_fail(ctl, &err);
	}
	progress_begin(ctl->command, NULL);
	done = restore(ctl, from, &places, &totals, &err);
	progress_end();
	close(from);
	if (!done)
		return ctl_fail(ctl, &err);
	o = output_open(ctl->out, ctl->form, restore_columns,
	    ARRAY_LEN(restore_columns));
	output_row(o, (const struct cell[]){
			  { .number = (int64_t)totals.events },
			  { .number = (int64_t)totals.values },
			  { .number = (int64_t)totals.suppressed },
			  { .text = places.kept },
		      });
	return ctl_close(ctl, o, EXIT_YES);
}
