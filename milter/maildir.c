#include "milter/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"

#define PATH_BYTES 1024

/* A folder that is made is in its parent, on the disk. */
static bool
make_folder(const char *path, struct error *err)
{
	char parent[PATH_BYTES + 4];

	if (mkdir(path, 0750) != 0) {
		if (errno == EEXIST)
			return true;
		error_errno(err, "cannot make %.180s", path);
		return false;
	}
	snprintf(parent, sizeof(parent), "%s/..", path);
	return file_sync_dir(parent, err);
}

static bool
make_folders(const char *dir, struct error *err)
{
	static const char *const folders[] = { "", "/tmp", "/new", "/cur" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		char path[PATH_BYTES];

		snprintf(path, sizeof(path), "%s%s", dir, folders[i]);
		if (!make_folder(path, err))
			return false;
	}
	return true;
}

/* A mailer's lines end with CRLF, those of a Maildir with LF. */
static void
unix_lines(struct span mail, struct buf *out)
{
	for (size_t i = 0; i < mail.len; i++)
		if (mail.p[i] != '\r' || i + 1 == mail.len ||
		    mail.p[i + 1] != '\n')
			buf_add_char(out, mail.p[i]);
}

/* Whole and on the disk, or not there. */
static bool
write_file(const char *path, struct span mail, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	bool ok;

	if (fd < 0) {
		error_errno(err, "cannot make %.180s", path);
		return false;
	}
	ok = file_write_all(fd, mail.p, mail.len) && fsync(fd) == 0;
	if (!ok)
		error_errno(err, "cannot write %.180s", path);
	if (close(fd) != 0 && ok) {
		error_errno(err, "cannot write %.180s", path);
		ok = false;
	}
	if (!ok)
		unlink(path);
	return ok;
}

bool
maildir_put(const char *dir, struct span mail, struct error *err)
{
	static atomic_uint last;
	char host[65] = "localhost", name[160], tmp[PATH_BYTES];
	char made[PATH_BYTES], folder[PATH_BYTES];
	struct buf lines;
	bool ok;

	buf_init(&lines, mail.len);
	unix_lines(mail, &lines);
	(void)gethostname(host, sizeof(host) - 1);
	snprintf(name, sizeof(name), "%lld.P%ldQ%u.%s", (long long)clock_now(),
	    (long)getpid(), atomic_fetch_add(&last, 1), host);
	snprintf(tmp, sizeof(tmp), "%s/tmp/%s", dir, name);
	snprintf(folder, sizeof(folder), "%s/new", dir);
	snprintf(made, sizeof(made), "%s/new/%s", dir, name);
	ok = make_folders(dir, err) && write_file(tmp, buf_span(&lines), err);
	buf_done(&lines);
	if (!ok)
		return false;
	if (rename(tmp, made) != 0) {
		error_errno(err, "cannot rename %.180s", tmp);
		unlink(tmp);
		return false;
	}
	return file_sync_dir(folder, err);
}
