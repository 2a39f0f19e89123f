/*
 * What a process in the SPF child's sandbox can still do: each row is tried
 * in a process of its own, as root was and as the daemon's user is, and has
 * to fail. Then the child itself, seen from outside.
 */
#include "tests/unit/spf_unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "policy/spf_sandbox.h"
#include "tests/unit/scratch.h"

#define SOMEBODY 12345

static char file[128], other[128];
static int left_open;

static bool
reads(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool
reads_its_own(void)
{
	return open(file, O_RDONLY) >= 0;
}

static bool
creates(void)
{
	return open(other, O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool
lists(void)
{
	return open(scratch_dir, O_RDONLY | O_DIRECTORY) >= 0;
}

static bool
removes(void)
{
	return unlink(file) == 0;
}

static bool
empties(void)
{
	return truncate(file, 0) == 0;
}

static bool
renames(void)
{
	return rename(file, other) == 0;
}

static bool
makes_a_directory(void)
{
	return mkdir(other, 0700) == 0;
}

static bool
changes_the_mode(void)
{
	return chmod(file, 0777) == 0;
}

static bool
runs_a_program(void)
{
	char *const argv[] = { (char[]){ "true" }, NULL };

	/* A success would end with status 0: see tries(). */
	(void)execv("/bin/true", argv);
	return false;
}

static bool
forks(void)
{
	return fork() >= 0;
}

static bool
signals_its_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static bool
traces_its_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

static bool
becomes_root(void)
{
	return setuid(0) == 0;
}

static bool
is_root(void)
{
	return getuid() == 0 || geteuid() == 0 || getgid() == 0;
}

/* The store's writer.sock believes the user who speaks to it. */
static bool
opens_a_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool
opens_a_netlink_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}

static bool
raises_its_limits(void)
{
	const struct rlimit more = { 1000, 1000 };

	return setrlimit(RLIMIT_NOFILE, &more) == 0;
}

static bool
keeps_open_files(void)
{
	return fcntl(left_open, F_GETFD) >= 0;
}

static bool
takes_memory(void)
{
	return mmap(NULL, 300UL * 1024 * 1024, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static const struct {
	const char *what;
	bool (*escapes)(void);
	bool sanitized; /* also true of a build with a sanitizer */
} attempts[] = {
	{ "reads a file", reads, true },
	{ "reads a file of its user", reads_its_own, true },
	{ "creates a file", creates, true },
	{ "lists a directory", lists, true },
	{ "removes a file", removes, true },
	{ "empties a file", empties, true },
	{ "renames a file", renames, true },
	{ "makes a directory", makes_a_directory, true },
	{ "changes a mode", changes_the_mode, true },
	{ "runs a program", runs_a_program, true },
	{ "forks", forks, true },
	{ "signals its parent", signals_its_parent, true },
	{ "traces its parent", traces_its_parent, true },
	{ "becomes root", becomes_root, true },
	{ "is root", is_root, true },
	{ "opens a Unix socket", opens_a_unix_socket, true },
	{ "opens a netlink socket", opens_a_netlink_socket, true },
	{ "raises its limits", raises_its_limits, true },
	{ "keeps open files", keeps_open_files, true },
	{ "takes memory", takes_memory, false },
};

static void
begin(void)
{
	scratch_begin();
	snprintf(file, sizeof(file), "%s/file", scratch_dir);
	snprintf(other, sizeof(other), "%s/other", scratch_dir);
	left_open = open(file, O_RDWR | O_CREAT, 0600);
	ck_assert_int_ge(left_open, 0);
	ck_assert_int_eq(write(left_open, "x", 1), 1);
}

static void
end(void)
{
	close(left_open);
	scratch_end();
}

#define HELD 40
#define ESCAPED 41
#define NO_SANDBOX 42

/* What became of the attempt of somebody with this user. */
static int
tries(bool (*escapes)(void), bool sandboxed, uid_t user)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (user != getuid() &&
		    (setgid(user) != 0 || setuid(user) != 0))
			_exit(NO_SANDBOX);
		if (sandboxed && !spf_sandbox())
			_exit(NO_SANDBOX);
		_exit(escapes() ? ESCAPED : HELD);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(holds)
{
	bool can_switch = geteuid() == 0;

	if (SANITIZED && !attempts[_i].sanitized)
		return;
	ck_assert_msg(tries(attempts[_i].escapes, true, getuid()) == HELD,
	    "as %d: %s", (int)getuid(), attempts[_i].what);
	if (!can_switch)
		return;
	/* The owner of the file and of its directory. */
	ck_assert_int_eq(chown(scratch_dir, SOMEBODY, SOMEBODY), 0);
	ck_assert_int_eq(chown(file, SOMEBODY, SOMEBODY), 0);
	ck_assert_msg(tries(attempts[_i].escapes, true, SOMEBODY) == HELD,
	    "as a user: %s", attempts[_i].what);
}
END_TEST

/* Without the sandbox they do succeed: the attempts are real ones. */
static bool (*const real[])(void) = { reads, reads_its_own, creates, lists,
	removes, empties, renames, makes_a_directory, changes_the_mode, forks,
	signals_its_parent, opens_a_unix_socket, keeps_open_files,
	takes_memory };

START_TEST(attempts_are_real)
{
	ck_assert_int_eq(tries(real[_i], false, getuid()), ESCAPED);
}
END_TEST

/* The value of a line of /proc/PID/status. */
static void
status_of(pid_t pid, const char *name, char value[64])
{
	char path[64], line[256];
	FILE *f;

	value[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			(void)span_copy(span_trim(span_of(line + strlen(name))),
			    value, 64);
	fclose(f);
}

static const struct {
	const char *name;
	const char *want;
	bool root; /* only when the tests run as root */
} statuses[] = {
	{ "Uid:", "65534\t65534\t65534\t65534", true },
	{ "Gid:", "65534\t65534\t65534\t65534", true },
	{ "Groups:", "", true },
	{ "CapEff:", "0000000000000000", true },
	{ "CapPrm:", "0000000000000000", true },
	{ "NoNewPrivs:", "1", false },
	{ "Seccomp:", "2", false },
};

START_TEST(the_child_is_in_it)
{
	struct spf *spf = spf_start("127.0.0.1", 9, 1);
	char value[64], domain[DOMAIN_TEXT];
	struct ip ip;

	/* An answer: its sandbox is complete. */
	ck_assert(ip_parse(span_of("192.0.2.5"), &ip));
	ck_assert_int_eq(spf_check(spf, &ip, "", "a@example.org", domain),
	    SPF_TEMPERROR);
	ck_assert_int_gt(child_pid(), 0);
	if (!statuses[_i].root || geteuid() == 0) {
		status_of(child_pid(), statuses[_i].name, value);
		ck_assert_str_eq(value, statuses[_i].want);
	}
	spf_close(spf);
}
END_TEST

static Suite *
sandbox_suite(void)
{
	Suite *s = suite_create("spf_sandbox");
	TCase *t = tcase_create("spf_sandbox");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, holds, 0, ARRAY_LEN(attempts));
	tcase_add_loop_test(t, attempts_are_real, 0, ARRAY_LEN(real));
	tcase_add_loop_test(t, the_child_is_in_it, 0, ARRAY_LEN(statuses));
	suite_add_tcase(s, t);
	return s;
}

SPF_UNIT_MAIN(sandbox_suite)
