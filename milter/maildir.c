#include "milter/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

#define PATH_BYTES 1024

static bool
make_folders(const char *dir, struct error *err)
{
	static const char *const folders[] = { "", "/tmp", "/new", "/cur" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		char path[PATH_BYTES];

		snprintf(path, sizeof(path), "%s%s", dir, folders[i]);
		if (mkdir(path, 0750) != 0 && errno != EEXIST) {
			error_errno(err, "cannot make %.180s", path);
			return false;
		}
	}
	return true;
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

	(void)gethostname(host, sizeof(host) - 1);
	snprintf(name, sizeof(name), "%lld.P%ldQ%u.%s", (long long)clock_now(),
	    (long)getpid(), atomic_fetch_add(&last, 1), host);
	snprintf(tmp, sizeof(tmp), "%s/tmp/%s", dir, name);
	snprintf(folder, sizeof(folder), "%s/new", dir);
	snprintf(made, sizeof(made), "%s/new/%s", dir, name);
	if (!make_folders(dir, err) || !write_file(tmp, mail, err))
		return false;
	if (rename(tmp, made) != 0) {
		error_errno(err, "cannot rename %.180s", tmp);
		unlink(tmp);
		return false;
	}
	return file_sync_dir(folder, err);
}
