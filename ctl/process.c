#include "ctl/process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

extern char **environ;

/* Postfix's programs are in /usr/sbin, which a user's PATH may lack. */
static void
widen_path(void)
{
	const char *path = getenv("PATH");
	struct buf wide;

	if (path != NULL && strstr(path, "/usr/sbin") != NULL)
		return;
	buf_init(&wide, 64 * 1024);
	buf_addf(&wide, "%s:/usr/sbin:/sbin",
	    path != NULL ? path : "/usr/bin:/bin");
	setenv("PATH", buf_text(&wide), 1);
	buf_done(&wide);
}

static int
start(const char *const argv[], bool loud, int out_fd, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int failed;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
	if (!loud)
		posix_spawn_file_actions_addopen(&actions, 2, "/dev/null",
		    O_WRONLY, 0);
	widen_path();
	failed = posix_spawnp(pid, argv[0], &actions, NULL,
	    (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

static bool
reap(pid_t pid, const char *name, struct error *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno == EINTR)
			continue;
		error_errno(err, "%s", name);
		return false;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	error_set(err, ERROR_IO, "%s ended with status %d", name,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return false;
}

bool
process_read(const char *const argv[], bool loud, struct buf *out,
    struct error *err)
{
	struct error ignored;
	int fds[2], failed;
	bool read_ok;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		error_errno(err, "pipe");
		return false;
	}
	failed = start(argv, loud, fds[1], &pid);
	close(fds[1]);
	if (failed != 0) {
		close(fds[0]);
		errno = failed;
		error_errno(err, "cannot run %s", argv[0]);
		return false;
	}
	read_ok = file_read_all(fds[0], argv[0], out, err);
	close(fds[0]);
	return reap(pid, argv[0], read_ok ? err : &ignored) && read_ok;
}
