/* How the daemons begin. */
#include "conf/daemon.h"

#include <getopt.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static const struct daemon about = { "suppressd-x", "SIGTERM stops it.\n",
	offsetof(struct conf, user) };

/* What is written to the standard outputs in between. */
static char said[8192];
static int heard, kept[3];

static void
listen_on(void)
{
	struct error err;

	heard = file_temporary(&err);
	ck_assert_msg(heard >= 0, "%s", err.text);
	fflush(stdout);
	for (int std = STDOUT_FILENO; std <= STDERR_FILENO; std++) {
		kept[std] = dup(std);
		ck_assert_int_eq(dup2(heard, std), std);
	}
}

static void
listen_off(void)
{
	ssize_t n;

	fflush(stdout);
	for (int std = STDOUT_FILENO; std <= STDERR_FILENO; std++) {
		ck_assert_int_eq(dup2(kept[std], std), std);
		close(kept[std]);
	}
	n = pread(heard, said, sizeof(said) - 1, 0);
	ck_assert_int_ge(n, 0);
	said[n] = '\0';
	close(heard);
}

static struct conf *conf;
static bool test;
static int status;

/* Begins with these arguments, beside a file "conf" with that text. */
static void
begin(const char *text, const char *const *arguments)
{
	char path[128], *argv[5] = { (char *)(uintptr_t) "x" };
	struct error err;
	int argc = 1;

	snprintf(path, sizeof(path), "%s/conf", scratch_dir);
	ck_assert(file_create(path, span_of(text), 0600, &err));
	ck_assert_int_eq(chdir(scratch_dir), 0);
	for (; *arguments != NULL; arguments++)
		argv[argc++] = (char *)(uintptr_t)*arguments;
	optind = 0; /* getopt(3): begin anew */
	listen_on();
	conf = daemon_begin(&about, argc, argv, &test, &status);
	if (conf != NULL)
		log_info("one more line");
	listen_off();
}

static const struct {
	const char *conf;
	const char *argv[4];
	bool test;
	bool is_seen; /* what is logged then, on standard error */
} begun[] = {
	{ "", { "-c", "conf" }, false, true },
	{ "log = \"syslog\";", { "-c", "conf" }, false, false },
	{ "log = \"syslog\";", { "-dcconf" }, false, true },
	{ "log = \"syslog\";", { "-tcconf" }, true, true },
	{ "log = \"syslog\";", { "--test", "--config=conf" }, true, true },
};

START_TEST(begins)
{
	begin(begun[_i].conf, begun[_i].argv);
	ck_assert_msg(conf != NULL, "%s", said);
	ck_assert_int_eq(test, begun[_i].test);
	ck_assert_msg((said[0] != '\0') == begun[_i].is_seen, "%s", said);
	ck_assert_uint_eq(umask(0), 007);
	conf_unref(conf);
}
END_TEST

static const struct {
	const char *conf;
	const char *argv[4];
	int status;
	const char *want; /* part of what is said */
} ended[] = {
	{ "none = 1;", { "-c", "conf" }, EXIT_CONF, "none: there is no" },
	{ "", { "-c", "nothing" }, EXIT_CONF, "nothing" },
	{ "user = \"nobody-at-all\";", { "-cconf" }, EXIT_CONF,
	    "there is no 'nobody-at-all' on this system" },
	{ "user = \"nobody-at-all\";", { "-tcconf" }, EXIT_CONF,
	    "there is no 'nobody-at-all' on this system" },
	{ "", { "-c" }, EXIT_CONF, "usage: suppressd-x" },
	{ "", { "--none" }, EXIT_CONF, "usage: suppressd-x" },
	{ "", { "word" }, EXIT_CONF, "suppressd-x: 'word' is no option" },
	{ "", { "-h" }, EXIT_STOPPED, "\n\nSIGTERM stops it.\n" },
	{ "", { "--version" }, EXIT_STOPPED, "suppressd-x " },
};

START_TEST(ends)
{
	begin(ended[_i].conf, ended[_i].argv);
	ck_assert_ptr_null(conf);
	ck_assert_int_eq(status, ended[_i].status);
	ck_assert_msg(strstr(said, ended[_i].want) != NULL, "%s", said);
}
END_TEST

static Suite *
daemon_suite(void)
{
	Suite *s = suite_create("daemon");
	TCase *t = tcase_create("daemon");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_add_loop_test(t, begins, 0, ARRAY_LEN(begun));
	tcase_add_loop_test(t, ends, 0, ARRAY_LEN(ended));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(daemon_suite)
