#include "ctl/process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

#define WORDS_MAX (64 * 1024)

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
start(const char *const argv[], int out_fd, int words_fd, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int failed;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
	posix_spawn_file_actions_adddup2(&actions, words_fd, 2);
	widen_path();
	failed = posix_spawnp(pid, argv[0], &actions, NULL,
	    (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* Its last words, without a line end. */
static void
last_words(int fd, char *out, size_t size)
{
	struct buf text;
	struct error ignored;
	struct span all, line;

	out[0] = '\0';
	buf_init(&text, WORDS_MAX);
	if (lseek(fd, 0, SEEK_SET) == 0)
		(void)!file_read_all(fd, "", &text, &ignored);
	all = buf_span(&text);
	while (span_line(&all, &line))
		if (line.len > 0)
			(void)span_copy((struct span){ line.p, line.len < size
								   ? line.len
								   : size - 1 },
			    out, size);
	buf_done(&text);
}

static bool
reap(pid_t pid, const char *name, int words_fd, struct error *err)
{
	char words[160];
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno == EINTR)
			continue;
		error_errno(err, "%s", name);
		return false;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	last_words(words_fd, words, sizeof(words));
	if (words[0] != '\0')
		error_set(err, ERROR_IO, "%s", words);
	else
		error_set(err, ERROR_IO, "%s ended with status %d", name,
		    WIFEXITED(status) ? WEXITSTATUS(status)
				      : 128 + WTERMSIG(status));
	return false;
}

/* Runs it with its words going to words_fd. */
static bool
run(const char *const argv[], int words_fd, struct buf *out, struct error *err)
{
	struct error ignored;
	int fds[2], failed;
	bool read_ok;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		error_errno(err, "pipe");
		return false;
	}
	failed = start(argv, fds[1], words_fd, &pid);
	close(fds[1]);
	if (failed != 0) {
		close(fds[0]);
		errno = failed;
		error_errno(err, "cannot run %s", argv[0]);
		return false;
	}
	read_ok = file_read_all(fds[0], argv[0], out, err);
	close(fds[0]);
	return reap(pid, argv[0], words_fd, read_ok ? err : &ignored) &&
	       read_ok;
}

bool
process_read(const char *const argv[], struct buf *out, struct error *err)
{
	int words_fd = memfd_create("stderr", MFD_CLOEXEC);
	bool ok;

	if (words_fd < 0) {
		error_errno(err, "memfd_create");
		return false;
	}
	ok = run(argv, words_fd, out, err);
	close(words_fd);
	return ok;
}
