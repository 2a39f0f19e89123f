/*
 * The writer's socket, asked by who does not keep to the language: whatever
 * comes, nothing of it is done by half, the answer is an error, and who asks
 * next is served.
 */
#include "tests/unit/stores.h"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "db/erase.h"
#include "db/wire.h"

#define PLACES 64 /* connections at once */

static struct store *st;

static bool
answer(struct store *asked, const char *what, struct span question,
    struct buf *out, struct error *why)
{
	ck_assert_ptr_eq(asked, st);
	if (strcmp(what, "echo") == 0) {
		buf_addf(out, "%.*s\nend\n", (int)question.len, question.p);
		return true;
	}
	error_set(why, ERROR_REFUSED, "not '%s'", what);
	return false;
}

static void
begin(void)
{
	scratch_begin();
	st = open_as(STORE_WRITE);
	add_users(st, 0, 3);
	ck_assert_msg(store_serve(st, answer, &err), "%s", err.text);
}

static void
end(void)
{
	store_close(st);
	scratch_end();
}

static int
dial(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%.60s/writer.sock",
	    scratch_dir);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* Says it, and no more, and reads all of what comes. The caller frees. */
static char *
talk_on(int fd, const char *what)
{
	struct buf got;
	char piece[4096];
	char *all;
	ssize_t n;

	if (what != NULL) {
		ck_assert(send(fd, what, strlen(what), MSG_NOSIGNAL) ==
			  (ssize_t)strlen(what));
		ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	}
	buf_init(&got, 1024 * 1024);
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_add(&got, piece, (size_t)n);
	close(fd);
	all = mem_dup_text(buf_text(&got));
	buf_done(&got);
	return all;
}

#define REQUEST(what, more) "{\"v\":1,\"do\":\"" what "\"" more "}\n"
#define ADD(value)                                                             \
	"{\"op\":\"add\",\"kind\":\"email\",\"value\":\"" value                \
	"\",\"source\":\"user\",\"stream\":\"*\",\"by\":\"root\"}\n"

/* What is said, and what is in the answer; "": there is none. */
static const struct {
	const char *say;
	const char *want;
} talks[] = {
	{ "", "" },
	{ "GET / HTTP/1.1\n", "\"ok\":false" },
	{ "{\"v\":1\n", "\"ok\":false" },
	{ "{\"v\":2,\"do\":\"rebuild\"}\n", "no request of version 1" },
	{ REQUEST("a-word-that-is-too-long", ""), "no request of version 1" },
	{ REQUEST("change", ",\"n\":-1"), "no request of version 1" },
	{ REQUEST("change", ",\"n\":999999999"), "no request of version 1" },
	{ REQUEST("load", ",\"n\":1,\"bytes\":-1"), "no request of version 1" },
	{ REQUEST("load", ",\"n\":1,\"bytes\":99999999999"),
	    "no request of version 1" },
	{ REQUEST("load", ",\"n\":1,\"bytes\":9,\"expected\":-1"),
	    "no request of version 1" },
	/* Less comes than was promised: nothing is done. */
	{ REQUEST("change", ",\"n\":2") ADD("a@x.test"), "\"ok\":false" },
	{ REQUEST("change", ",\"n\":1") "{\"op\":\"add\"", "cut off" },
	{ REQUEST("change", ",\"n\":2") ADD("a@x.test") "nonsense\n",
	    "\"ok\":false" },
	{ REQUEST("load", ",\"n\":1,\"bytes\":9,\"expected\":1") "1234",
	    "5 bytes are missing" },
	{ REQUEST("load", ",\"n\":1,\"bytes\":9,\"expected\":1") "123456789",
	    "\"ok\":false" },
	{ REQUEST("erase", ""), "\"ok\":false" },
	{ REQUEST("erase", "") "nonsense\n", "\"ok\":false" },
	{ REQUEST("erase", "") "{\"op\":\"create\",\"kind\":\"contact\","
			       "\"value\":\"k1\",\"by\":\"root\"}\n",
	    "\"ok\":false" },
	{ REQUEST("other", ",\"bytes\":9") "1234", "5 bytes are missing" },
	/* What is asked of the daemon, not of the store. */
	{ REQUEST("other", ",\"bytes\":4") "1234", "not 'other'" },
	{ REQUEST("echo", ",\"bytes\":4") "1234", "\"n\":2}\n1234\nend\n" },
	{ REQUEST("rebuild", ""), "{\"v\":1,\"ok\":true,\"n\":3}\n" },
};

START_TEST(says_what_is_wrong)
{
	char *got = talk_on(dial(), talks[_i].say);

	ck_assert_msg(talks[_i].want[0] == '\0'
			  ? got[0] == '\0'
			  : strstr(got, talks[_i].want) != NULL,
	    "%s", got);
	free(got);
	ck_assert_uint_eq(live(st, "a@x.test"), 0);
	/* The next one is served, and the list is as it was. */
	got = talk_on(dial(), REQUEST("change", ",\"n\":1") ADD("b@x.test"));
	ck_assert_msg(strstr(got, "\"changed\":true") != NULL, "%s", got);
	free(got);
	ck_assert_uint_eq(live(st, "b@x.test"), 1);
	check_users(st, 3);
	ck_assert_uint_eq(faults(st), 0);
}
END_TEST

/* A line without an end is not kept for ever. */
START_TEST(a_line_has_an_end)
{
	static char line[WIRE_LINE_BYTES + 70000];
	int fd = dial();
	char *got;

	memset(line, ' ', sizeof(line) - 1);
	/* The other side may have closed before all of it is there. */
	(void)!send(fd, line, sizeof(line) - 1, MSG_NOSIGNAL);
	got = talk_on(fd, NULL);
	ck_assert_str_eq(got, "");
	free(got);
}
END_TEST

START_TEST(there_are_so_many_places)
{
	int fds[PLACES];
	char *got;

	for (int i = 0; i < PLACES; i++) {
		static const char half[] = "{\"v\":1,";

		fds[i] = dial();
		ck_assert(
		    send(fds[i], half, sizeof(half) - 1, MSG_NOSIGNAL) > 0);
	}
	/* All are taken: this one hears the end at once. */
	got = talk_on(dial(), NULL);
	ck_assert_str_eq(got, "");
	free(got);
	for (int i = 0; i < PLACES; i++)
		free(talk_on(fds[i], "\"do\":\"none\",\"n\":0}\n"));
	got = talk_on(dial(), REQUEST("echo", ",\"bytes\":1") "1");
	ck_assert_msg(strstr(got, "1\nend\n") != NULL, "%s", got);
	free(got);
}
END_TEST

/* The last event of b@x.test is by whom? */
static bool
keep_actor(const struct event *ev, void *arg)
{
	if (strcmp(ev->value.text, "b@x.test") == 0)
		(void)span_copy(span_of(ev->by), arg, LIMIT_ACTOR_TEXT);
	return true;
}

/* Users by their numbers; one whom nobody knows is told by that. */
static const unsigned uids[] = { 65534, 54321, 0 };

START_TEST(nobody_speaks_for_others)
{
	char path[128], by[LIMIT_ACTOR_TEXT] = "", want[LIMIT_ACTOR_TEXT];
	const struct passwd *pw = getpwuid(uids[_i]);
	int status;
	pid_t pid;

	if (uids[_i] == 0 || pw == NULL)
		snprintf(want, sizeof(want), uids[_i] == 0 ? "root" : "uid %u",
		    uids[_i]);
	else
		(void)span_copy(span_of(pw->pw_name), want, sizeof(want));
	path_of("writer.sock", path);
	ck_assert_int_eq(chmod(scratch_dir, 0755), 0);
	ck_assert_int_eq(chmod(path, 0666), 0);
	pid = fork();
	if (pid == 0) {
		if (setuid(uids[_i]) != 0)
			_exit(1);
		free(talk_on(dial(),
		    REQUEST("change", ",\"n\":1") ADD("b@x.test")));
		_exit(0);
	}
	ck_assert(waitpid(pid, &status, 0) == pid);
	ck_assert_int_eq(status, 0);
	ck_assert(store_walk_events(st, keep_actor, by, &err));
	ck_assert_str_eq(by, want);
}
END_TEST

/* A store without an answering daemon knows its own words only. */
START_TEST(without_a_daemon)
{
	char *got;

	store_close(st);
	st = open_as(STORE_WRITE);
	ck_assert_msg(store_serve(st, NULL, &err), "%s", err.text);
	got = talk_on(dial(), REQUEST("echo", ",\"bytes\":1") "1");
	ck_assert_msg(strstr(got, "'echo' is no request") != NULL, "%s", got);
	free(got);
}
END_TEST

START_TEST(something_stands_there)
{
	char path[128];

	store_close(st);
	st = open_as(STORE_WRITE);
	path_of("writer.sock", path);
	(void)unlink(path);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert(!store_serve(st, answer, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, "writer.sock"));
	/* It can be written by this process none the less. */
	add_users(st, 3, 1);
}
END_TEST

static Suite *
server_suite(void)
{
	Suite *s = suite_create("server");
	TCase *t = tcase_create("server");
	int users = getuid() == 0 ? ARRAY_LEN(uids) : 0;

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, says_what_is_wrong, 0, ARRAY_LEN(talks));
	tcase_add_test(t, a_line_has_an_end);
	tcase_add_test(t, there_are_so_many_places);
	tcase_add_loop_test(t, nobody_speaks_for_others, 0, users);
	tcase_add_test(t, without_a_daemon);
	tcase_add_test(t, something_stands_there);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(server_suite)
