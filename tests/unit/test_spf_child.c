/*
 * The SPF child's life and death: whatever happens to it, the answer is
 * temperror within the time, and the next question is answered.
 */
#include "tests/unit/spf_unit.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "policy/spf_wire.h"

#define TIMEOUT_S 2
/* Where a real child would be "done at once", on a busy machine. */
#define PATIENCE_S 20

static const struct dns_row zone[] = {
	{ "pass.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all" },
	{ "soft.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.6 ~all" },
	{ "fail.example.org", DNS_TXT, "v=spf1 -all" },
	{ "silent.example.org", DNS_SILENT, NULL },
};

static struct dns *dns;
static struct spf *spf;

static void
begin(void)
{
	dns = dns_start("127.0.0.1", zone, ARRAY_LEN(zone));
}

static void
begin_with_child(void)
{
	begin();
	spf = spf_start("127.0.0.1", dns_port(dns), TIMEOUT_S);
}

static void
end(void)
{
	spf_close(spf);
	dns_stop(dns);
}

static enum spf_result
check(const char *sender)
{
	char domain[DOMAIN_TEXT];
	struct ip ip;

	ck_assert(ip_parse(span_of("192.0.2.5"), &ip));
	return spf_check(spf, &ip, "", sender, domain);
}

/* Returns when the process is dead, and leaves it to be waited for. */
static void
await_death(pid_t pid)
{
	siginfo_t info;

	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

START_TEST(lives_for_many_questions)
{
	pid_t child;

	ck_assert_int_eq(check("a@pass.example.org"), SPF_PASS);
	child = child_pid();
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(check("a@soft.example.org"), SPF_SOFTFAIL);
	ck_assert_int_eq(check("a@fail.example.org"), SPF_FAIL);
	ck_assert_int_eq(child_pid(), child);
}
END_TEST

START_TEST(ends_with_its_owner)
{
	pid_t child = child_pid();

	ck_assert_int_gt(child, 0);
	spf_close(spf);
	spf = NULL;
	/* Waited for, too: no zombie is left. */
	ck_assert_int_eq(kill(child, 0), -1);
}
END_TEST

static void *
ask_silent(void *result)
{
	*(enum spf_result *)result = check("a@silent.example.org");
	return NULL;
}

/* Dies, or stands still, while it waits for the DNS. */
static const int signals[] = { SIGKILL, SIGSEGV, SIGSTOP };

START_TEST(killed_while_it_works)
{
	enum spf_result result = SPF_PASS;
	pid_t child = child_pid();
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, ask_silent, &result), 0);
	dns_wait(dns, "silent.example.org");
	ck_assert_int_eq(kill(child, signals[_i]), 0);
	pthread_join(thread, NULL);
	ck_assert_int_eq(result, SPF_TEMPERROR);
	ck_assert_int_ne(child_pid(), child);
	ck_assert_int_eq(kill(child, 0), -1);
	ck_assert_int_eq(check("a@pass.example.org"), SPF_PASS);
}
END_TEST

/* Nobody asked when it died: the next question does not suffer. */
START_TEST(killed_while_it_rests)
{
	pid_t child = child_pid();

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(kill(child, SIGKILL), 0);
		await_death(child);
		ck_assert_int_eq(
		    check(i == 0 ? "a@pass.example.org" : "b@pass.example.org"),
		    SPF_PASS);
		ck_assert_int_ne(child_pid(), child);
		child = child_pid();
	}
}
END_TEST

START_TEST(stopped_while_it_rests)
{
	pid_t child = child_pid();

	ck_assert_int_eq(kill(child, SIGSTOP), 0);
	ck_assert_int_eq(check("a@pass.example.org"), SPF_TEMPERROR);
	ck_assert_int_eq(check("a@pass.example.org"), SPF_PASS);
	ck_assert_int_ne(child_pid(), child);
}
END_TEST

static int64_t
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Other children, by the word in SPF_UNIT_CHILD. */
static const char *const players[] = { "hang", "crash", "exit", "short", "high",
	"low" };

static int
play(const char *as)
{
	struct spf_answer answer = { .result =
					 strcmp(as, "high") == 0 ? 99 : -1 };
	struct spf_question q;

	if (strcmp(as, "exit") == 0)
		return EXIT_SUCCESS;
	while (read(SPF_CHILD_FD, &q, sizeof(q)) > 0) {
		if (strcmp(as, "crash") == 0)
			(void)raise(SIGKILL);
		if (strcmp(as, "short") == 0)
			(void)!write(SPF_CHILD_FD, "x", 1);
		else if (strcmp(as, "hang") != 0)
			(void)!write(SPF_CHILD_FD, &answer, sizeof(answer));
	}
	return EXIT_SUCCESS;
}

START_TEST(a_child_that_is_none_of_ours)
{
	int64_t start = seconds();

	setenv("SPF_UNIT_CHILD", players[_i], 1);
	spf = spf_start("127.0.0.1", dns_port(dns), 1);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(check("a@pass.example.org"), SPF_TEMPERROR);
	ck_assert_int_lt(seconds() - start, PATIENCE_S);
	/* And when it is mended, all is well. */
	unsetenv("SPF_UNIT_CHILD");
	(void)check("a@fail.example.org");
	ck_assert_int_eq(check("a@pass.example.org"), SPF_PASS);
}
END_TEST

START_TEST(no_such_program)
{
	const struct spf_settings settings = { .timeout_s = 1,
		.program = "/nonexistent/suppressd" };
	struct error err = { 0 };

	ck_assert_ptr_null(spf_open(&settings, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_int_eq(child_pid(), 0);
	spf = NULL;
}
END_TEST

/* libmilter calls from threads that come and go. */
static void *
open_in_thread(void *unused)
{
	(void)unused;
	spf = spf_start("127.0.0.1", dns_port(dns), TIMEOUT_S);
	ck_assert_int_eq(check("a@pass.example.org"), SPF_PASS);
	return NULL;
}

START_TEST(outlives_the_thread_that_began_it)
{
	const struct timespec moment = { .tv_nsec = 50 * 1000 * 1000 };
	pthread_t thread;
	pid_t child;

	/* As the daemon: without root nothing clears a death signal. */
	if (geteuid() == 0)
		ck_assert_int_eq(setuid(65534), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, open_in_thread, NULL),
	    0);
	pthread_join(thread, NULL);
	nanosleep(&moment, NULL);
	child = child_pid();
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(check("b@pass.example.org"), SPF_PASS);
	ck_assert_int_eq(child_pid(), child);
}
END_TEST

/* One that is killed takes its child along: it reads the end of file. */
START_TEST(ends_when_its_owner_is_killed)
{
	pid_t owner, child = 0;
	int pipes[2];

	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	ck_assert_int_eq(pipe(pipes), 0);
	owner = fork();
	ck_assert_int_ge(owner, 0);
	if (owner == 0) {
		spf = spf_start("127.0.0.1", dns_port(dns), TIMEOUT_S);
		child = child_pid();
		(void)!write(pipes[1], &child, sizeof(child));
		(void)raise(SIGKILL);
	}
	ck_assert_int_eq(read(pipes[0], &child, sizeof(child)),
	    (ssize_t)sizeof(child));
	ck_assert_int_eq(waitpid(owner, NULL, 0), owner);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	spf = NULL;
}
END_TEST

/* A daemon may have been started without standard files. */
START_TEST(without_standard_files)
{
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	spf = spf_start("127.0.0.1", dns_port(dns), TIMEOUT_S);
	ck_assert_int_eq(check("a@pass.example.org"), SPF_PASS);
}
END_TEST

/* Who ignores dead children has none to wait for. */
START_TEST(ignored_children_are_fine)
{
	signal(SIGCHLD, SIG_IGN);
	spf = spf_start("127.0.0.1", dns_port(dns), TIMEOUT_S);
	ck_assert_int_eq(check("a@pass.example.org"), SPF_PASS);
	ck_assert_int_eq(kill(child_pid(), SIGKILL), 0);
	(void)check("b@pass.example.org");
	ck_assert_int_eq(check("c@pass.example.org"), SPF_PASS);
}
END_TEST

#define THREADS 8
#define QUESTIONS 25

static void *
ask_many(void *arg)
{
	static const struct {
		const char *name;
		enum spf_result want;
	} rows[] = { { "pass", SPF_PASS }, { "soft", SPF_SOFTFAIL },
		{ "fail", SPF_FAIL }, { "none", SPF_NONE } };
	uintptr_t thread = (uintptr_t)arg, wrong = 0;
	char sender[64];

	for (unsigned i = 0; i < QUESTIONS; i++) {
		size_t row = (thread + i) % ARRAY_LEN(rows);

		snprintf(sender, sizeof(sender), "u%u-%u@%s.example.org",
		    (unsigned)thread, i, rows[row].name);
		wrong += check(sender) != rows[row].want;
	}
	return (void *)wrong;
}

START_TEST(many_threads)
{
	pthread_t threads[THREADS];
	void *wrong;

	for (uintptr_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, ask_many, (void *)i), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &wrong);
		ck_assert_ptr_null(wrong);
	}
}
END_TEST

/* After a number of checks it is another one, and nobody notices. */
START_TEST(makes_room_for_another)
{
	pid_t child = child_pid();
	char sender[64];

	for (int i = 0; i < 1100; i++) {
		snprintf(sender, sizeof(sender), "u%d@pass.example.org", i);
		ck_assert_int_eq(check(sender), SPF_PASS);
	}
	ck_assert_int_gt(child_pid(), 0);
	ck_assert_int_ne(child_pid(), child);
}
END_TEST

static Suite *
spf_child_suite(void)
{
	Suite *s = suite_create("spf_child");
	TCase *running = tcase_create("running");
	TCase *t = tcase_create("started by the test");

	tcase_add_checked_fixture(running, begin_with_child, end);
	tcase_set_timeout(running, 60);
	tcase_add_test(running, lives_for_many_questions);
	tcase_add_test(running, ends_with_its_owner);
	tcase_add_loop_test(running, killed_while_it_works, 0,
	    ARRAY_LEN(signals));
	tcase_add_test(running, killed_while_it_rests);
	tcase_add_test(running, stopped_while_it_rests);
	tcase_add_test(running, many_threads);
	tcase_add_test(running, makes_room_for_another);
	suite_add_tcase(s, running);
	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_child_that_is_none_of_ours, 0,
	    ARRAY_LEN(players));
	tcase_add_test(t, no_such_program);
	tcase_add_test(t, outlives_the_thread_that_began_it);
	tcase_add_test(t, ends_when_its_owner_is_killed);
	tcase_add_test(t, without_standard_files);
	tcase_add_test(t, ignored_children_are_fine);
	suite_add_tcase(s, t);
	return s;
}

int
main(int argc, char **argv)
{
	const char *as = getenv("SPF_UNIT_CHILD");

	if (argc == 2 && strcmp(argv[1], SPF_CHILD_ARGUMENT) == 0)
		return as != NULL ? play(as) : spf_child_main();
	return unit_run(spf_child_suite());
}
